/// Whoever keeps the ledger of usage; in one process it is the control plane.
package protocol UsageKeeper: Sendable {
    /// Takes a report, in one transaction: all of its cells or none. Taking one again changes
    /// nothing.
    ///
    /// Throws `ServiceError`; then it may or may not have been taken, and is sent again.
    func take(_ batch: UsageBatch) async throws -> UsageReceipt
}

/// What became of a report.
package enum UsageReceipt: Sendable, Equatable {
    /// It is durable.
    case taken
    /// The keeper expects another report: go on with that number and that hash before it, and
    /// report everything again that isn't known to be taken.
    case expects(sequence: UInt64, previousHash: [UInt8])
}

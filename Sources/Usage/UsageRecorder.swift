import ChromaModel

/// How much of one meter.
package struct MeterQuantity: Sendable, Hashable {
    package let meter: Meter
    package let quantity: UInt64

    package init(_ meter: Meter, _ quantity: UInt64) {
        self.meter = meter
        self.quantity = quantity
    }
}

/// Counts what requests used.
package protocol UsageRecorder: Sendable {
    /// Counts into the minute it is. When it returns, a kill of the process alone loses nothing
    /// of it. It can't fail: what can't be written down is counted all the same.
    ///
    /// - Parameters:
    ///   - database: nil: not of one database.
    ///   - collection: nil: not of one collection.
    func record(
        _ quantities: [MeterQuantity], tenant: TenantID, database: DatabaseID?,
        collection: CollectionID?, credential: UsageCredential
    ) async
}

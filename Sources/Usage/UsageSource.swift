/// Something that counted and has cells for the keeper: the spool of reads, the tenants' logs.
package protocol UsageSource: Sendable {
    /// Cells that the keeper may not have as they are, at most about `countMax`.
    func pending(countMax: Int) async -> PendingUsage
}

/// Cells on their way to the keeper.
package struct PendingUsage: Sendable {
    package let cells: [UsageCell]
    /// Everything that was counted before that minute is in `cells` or was acknowledged.
    package let watermark: UsageMinute
    /// Call it when the keeper has the cells; until then they are pending again and again.
    package let acknowledge: @Sendable () async -> Void

    package init(
        cells: [UsageCell], watermark: UsageMinute,
        acknowledge: @escaping @Sendable () async -> Void
    ) {
        self.cells = cells
        self.watermark = watermark
        self.acknowledge = acknowledge
    }
}

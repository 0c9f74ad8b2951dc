/// How much of what was written a read must see (protocol §3.6). The raw value is the wire's.
package enum ReadLevel: String, Sendable, CaseIterable {
    /// Every acknowledged write.
    case indexAndLog = "index_and_wal"
    /// What the last compaction left, exactly.
    case indexOnly = "index_only"
    /// What the last compaction left and the first operations after it.
    case indexAndBoundedLog = "index_and_bounded_wal"

    /// Operations that `indexAndBoundedLog` sees after a compaction at the most.
    package static let boundedOperationsMax = 250
}

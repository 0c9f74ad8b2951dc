import ChromaModel

/// The earlier moments of a collection that reads of a lower level see.
struct PastSnapshots: Sendable {
    /// As of the last seal.
    private(set) var indexed: RecordSnapshot
    /// The last moment with no more than `ReadLevel.boundedOperationsMax` operations after the
    /// seal; nil while the present is such a moment.
    private(set) var bounded: RecordSnapshot?
    private var unindexedOperations = 0

    init(indexed: RecordSnapshot) { self.indexed = indexed }

    /// Operations are about to be applied. Returns whether the present is the last moment within
    /// the bound, to be kept.
    mutating func willApply(operations: Int) -> Bool {
        unindexedOperations += operations
        return bounded == nil && unindexedOperations > ReadLevel.boundedOperationsMax
    }

    mutating func keep(_ present: RecordSnapshot) { bounded = present }

    /// A seal ended; operations that came during it are not in the snapshot.
    mutating func index(_ snapshot: RecordSnapshot, operations: Int) {
        indexed = snapshot
        unindexedOperations -= operations
        bounded = unindexedOperations > ReadLevel.boundedOperationsMax ? snapshot : nil
    }

    /// What a read sees; nil for the present.
    func snapshot(at level: ReadLevel) -> RecordSnapshot? {
        switch level {
        case .indexAndLog: nil
        case .indexOnly: indexed
        case .indexAndBoundedLog: bounded
        }
    }
}

import ChromaModel
import Synchronization
import TenantStorage

/// The records of a collection: the fold of its log entries.
///
/// One writer at a time (the tenant's sequencer, or replay) applies entries; any number of
/// readers take snapshots. Each entry becomes visible at once, as a whole.
final class CollectionRecords: Sendable {
    private let writer: Mutex<RecordWriter>
    private let published: Mutex<RecordSnapshot>

    init(_ writer: sending RecordWriter = RecordWriter()) {
        published = Mutex(writer.snapshot)
        self.writer = Mutex(writer)
    }

    /// The newest snapshot. Never waits for a write.
    func snapshot() -> RecordSnapshot { published.withLock { $0 } }

    /// What a read of that level sees.
    func snapshot(at level: ReadLevel) -> RecordSnapshot {
        guard level != .indexAndLog else { return snapshot() }
        return writer.withLock { $0.past.snapshot(at: level) ?? $0.snapshot }
    }

    var sizes: LogicalSizes { writer.withLock { $0.sizes } }

    /// The newest snapshot and, for each id, its live row in it.
    func snapshot(resolving ids: [RecordID]) -> (RecordSnapshot, [RowRef?]) {
        writer.withLock { writer in (writer.snapshot, ids.map { writer.find($0) }) }
    }

    /// What a transaction's read sees: a snapshot, its token, and the rows of the ids if it is
    /// the present.
    ///
    /// - Throws: `staleRead` when what the token stands for is gone.
    func read(asOf token: UInt64?, resolving ids: [RecordID]) throws(ServiceError)
        -> (snapshot: RecordSnapshot, token: UInt64, rows: [RowRef?]?)
    {
        try writer.withLock { writer throws(ServiceError) in
            let isPresent = token.map { $0 >= writer.recent.position } ?? true
            guard token != 0, let read = writer.read(asOf: token) else {
                throw ServiceError.staleRead
            }
            return (read.snapshot, read.token, isPresent ? ids.map { writer.find($0) } : nil)
        }
    }

    /// How many records more there would be after the changes; fewer when negative. Waits for a
    /// write that is being applied.
    func growth(by changes: [RecordChange]) -> Int {
        writer.withLock { writer in
            var isThere: [RecordID: Bool] = [:]
            var growth = 0
            for change in changes {
                for id in change.ids {
                    let before = isThere[id] ?? (writer.find(id) != nil)
                    let after = change.leavesRecord(ifThere: before)
                    growth += (after ? 1 : 0) - (before ? 1 : 0)
                    isThere[id] = after
                }
            }
            return growth
        }
    }

    /// Throws `staleRead` or `writeConflict` unless all of the records are as the token's read
    /// saw them.
    func check(_ ids: Set<RecordID>, after token: UInt64) throws(ServiceError) {
        try writer.withLock { writer throws(ServiceError) in
            try writer.recent.check(ids, after: token)
        }
    }

    /// Applies the changes of one log entry (protocol §3).
    func apply(_ changes: [RecordChange], at position: UInt64) {
        change { $0.apply(changes, at: position) }
    }

    /// The same records for another collection; no row is copied.
    func fork(at position: UInt64) -> CollectionRecords {
        CollectionRecords(change { $0.fork(at: position) })
    }

    /// Changes the parts without changing what they hold.
    func change<Result>(_ body: (inout RecordWriter) -> Result) -> Result {
        writer.withLock { writer in
            let result = body(&writer)
            let snapshot = writer.snapshot
            published.withLock { $0 = snapshot }
            return result
        }
    }
}

extension RecordChange {
    /// Whether an id that it names has a record afterwards.
    fileprivate func leavesRecord(ifThere before: Bool) -> Bool {
        switch self {
        case .write(.add, _), .write(.upsert, _): true
        case .write(.update, _): before
        case .write(.delete, _), .delete: false
        }
    }
}

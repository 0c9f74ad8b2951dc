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

    /// The newest snapshot and, for each id, its live row in it.
    func snapshot(resolving ids: [RecordID]) -> (RecordSnapshot, [RowRef?]) {
        writer.withLock { writer in (writer.snapshot, ids.map { writer.find($0) }) }
    }

    /// Applies one write (protocol §3).
    func apply(_ batch: RecordBatch, as operation: WriteOperation) {
        change { $0.apply(batch, as: operation) }
    }

    /// Removes records; ids without a record are ignored.
    func remove(_ ids: [RecordID]) {
        change { $0.remove(ids) }
    }

    /// The same records for another collection; no row is copied.
    func fork() -> CollectionRecords { CollectionRecords(change { $0.fork() }) }

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

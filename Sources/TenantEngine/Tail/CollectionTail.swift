import ChromaModel
import Synchronization

/// The records of a collection in memory: the fold of its log entries.
///
/// One writer at a time (the tenant's sequencer, or replay) applies entries; any number of
/// readers take snapshots. Each entry becomes visible at once, as a whole.
final class CollectionTail: Sendable {
    private let writer = Mutex(TailWriter())
    private let published = Mutex(TailSnapshot.empty)

    /// The newest snapshot.
    func snapshot() -> TailSnapshot { published.withLock { $0 } }

    /// The newest snapshot and, for each id, its live row in it.
    func snapshot(resolving ids: [RecordID]) -> (TailSnapshot, [UInt32?]) {
        writer.withLock { writer in (writer.snapshot, ids.map { writer.row(of: $0) }) }
    }

    /// Applies one write (protocol §3).
    func apply(_ batch: RecordBatch, as operation: WriteOperation) {
        change { $0.apply(batch, as: operation) }
    }

    /// Removes records; ids without a record are ignored.
    func remove(_ ids: [RecordID]) {
        change { writer in for id in ids { writer.remove(id) } }
    }

    private func change(_ body: (inout TailWriter) -> Void) {
        writer.withLock { writer in
            body(&writer)
            writer.publish()
            let snapshot = writer.snapshot
            published.withLock { $0 = snapshot }
        }
    }
}

import ChromaModel
import TenantStorage
import Usage

/// A collection's records as checkpoint and log describe them, none of them read yet.
struct UnreadRecords: Sendable {
    /// The changes of a record entry behind the checkpoint.
    struct Entry: Sendable {
        let position: UInt64
        let changes: [RecordChange]
    }

    /// Position of the last entry that `parts` hold.
    let position: UInt64
    let parts: [Checkpoint.Part]
    let nextOrder: UInt64
    /// Of the live records in `parts`.
    let logicalBytes: UInt64
    /// To be folded in, in order.
    private(set) var entries: [Entry] = []
    /// About how much memory the entries take.
    private(set) var entryBytes = 0
    let segments: SegmentStore
    let budget: TenantBudget?

    init(
        at position: UInt64, parts: [Checkpoint.Part], nextOrder: UInt64, logicalBytes: UInt64,
        segments: SegmentStore, budget: TenantBudget?
    ) {
        self.logicalBytes = logicalBytes
        self.position = position
        self.parts = parts
        self.nextOrder = nextOrder
        self.segments = segments
        self.budget = budget
    }

    /// Records that are live; nil when that can't be told without reading them.
    var liveCount: Int? { entries.isEmpty ? parts.reduce(0) { $0 + $1.liveCount } : nil }

    /// What a read goes through.
    var extent: ReadExtent {
        var extent = ReadExtent(compactedBytes: logicalBytes)
        for change in entries.lazy.flatMap(\.changes) {
            extent.pulledLogBytes.addSaturating(LogicalSizes.pulledBytes(change))
        }
        return extent
    }

    /// The records when there is nothing to read.
    var openedIfInNoSegment: CollectionRecords? {
        guard parts.isEmpty, entries.isEmpty else { return nil }
        return CollectionRecords(
            RecordWriter(at: position, nextOrder: nextOrder, budget: budget))
    }

    mutating func append(_ changes: [RecordChange], at position: UInt64) {
        entries.append(Entry(position: position, changes: changes))
        entryBytes += changes.reduce(0) { $0 + $1.memoryBytes }
    }

    /// The same for a collection that begins at that position.
    func forked(at position: UInt64) -> UnreadRecords {
        var fork = UnreadRecords(
            at: position, parts: parts, nextOrder: nextOrder, logicalBytes: logicalBytes,
            segments: segments, budget: budget)
        for entry in entries { fork.append(entry.changes, at: position) }
        return fork
    }

    /// What a checkpoint says of the collection: the entries go along as they are.
    func described(_ state: CollectionState) -> Checkpoint.Collection {
        var folded = state
        folded.written = state.indexed
        return Checkpoint.Collection(
            state: folded, nextOrder: nextOrder, logicalBytes: logicalBytes, parts: parts,
            unfolded: entries.map(\.changes))
    }

    /// Maps the segments and folds the entries in, reading what that needs. Blocking.
    ///
    /// - Throws: `StorageError` when a segment is gone, unreadable or damaged.
    func open() throws(StorageError) -> CollectionRecords {
        var sealed: [RecordWriter.SealedPart] = []
        for part in parts { sealed.append(try open(part)) }
        let needed = entries.reduce(into: SectionSet()) { $0.formUnion($1.changes.sectionsNeeded) }
        for case .segment(let sections) in sealed.map(\.rows) { try sections.require(needed) }
        var writer = RecordWriter(
            at: position, sealed: sealed, nextOrder: nextOrder,
            sizes: LogicalSizes(compactedBytes: logicalBytes), budget: budget)
        for entry in entries { writer.apply(entry.changes, at: entry.position) }
        return CollectionRecords(writer)
    }

    private func open(_ part: Checkpoint.Part) throws(StorageError) -> RecordWriter.SealedPart {
        let rows = try segments.rows(part)
        var deleted = DeletionMap()
        for row in part.deletedRows {
            guard row < rows.rowCount else {
                throw .malformed("row \(row) of \(part.storedAs) in \(part.segment) isn't there")
            }
            deleted.insert(Int(row))
        }
        return RecordWriter.SealedPart(rows: .segment(rows), deleted: deleted, rowOfID: [:])
    }
}

extension [RecordChange] {
    /// What applying the changes reads of older records.
    var sectionsNeeded: SectionSet { reduce(into: []) { $0.formUnion($1.sectionsNeeded) } }
}

extension RecordChange {
    fileprivate var sectionsNeeded: SectionSet {
        switch self {
        case .write(let operation, _): operation.sectionsNeeded
        // A delete reads what it takes away: its size is no longer stored.
        case .delete: .rows
        }
    }

    /// About how much memory the change takes.
    fileprivate var memoryBytes: Int {
        let overhead = ids.count * RowPayload.overheadBytes
        guard case .write(_, let batch) = self else { return overhead }
        let floats = batch.embeddings?.values.count ?? 0
        return overhead + batch.textBytes + floats * MemoryLayout<Float>.stride
    }
}

extension WriteOperation {
    /// What a write reads of older records: who there is, and what an update keeps.
    var sectionsNeeded: SectionSet {
        switch self {
        case .add: .lookup
        case .update, .upsert, .delete: .rows
        }
    }
}

extension RecordBatch {
    fileprivate var textBytes: Int {
        let documents = documents?.reduce(0) { $0 + ($1?.utf8.count ?? 0) } ?? 0
        let uris = uris?.reduce(0) { $0 + ($1?.utf8.count ?? 0) } ?? 0
        return documents + uris
    }
}

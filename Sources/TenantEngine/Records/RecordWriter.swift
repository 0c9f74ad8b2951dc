import ChromaModel
import TenantStorage
import Usage

/// The writing side of a collection's records: older parts, the tail, and who is live where.
///
/// **Invariant:** of a record's versions in all parts exactly one is live.
struct RecordWriter {
    /// An older part and how to find a record in it.
    struct SealedPart: Sendable {
        let rows: Part.Rows
        var deleted: DeletionMap
        /// Rows by id of a part in memory; a segment has a table of its own.
        let rowOfID: [RecordID: UInt32]

        func row(of id: RecordID) -> Int? {
            let row: Int? =
                switch rows {
                case .memory: rowOfID[id].map { Int($0) }
                case .segment(let sections): sections.row(of: id)
                }
            return row.flatMap { deleted.contains($0) ? nil : $0 }
        }

        var part: Part { Part(rows: rows, deleted: deleted) }
    }

    private(set) var sealed: [SealedPart]
    private var tail: MemoryWriter
    private let budget: TenantBudget?
    /// What the collection stores and what a read of it goes through.
    private(set) var sizes: LogicalSizes
    /// The next record's place in insertion order.
    private(set) var nextOrder: UInt64
    /// What less fresh reads see.
    private(set) var past: PastSnapshots
    /// What transactions are checked against.
    private(set) var recent: RecentWrites

    /// - Parameters:
    ///   - position: of the last entry that is folded in.
    ///   - past: nil when everything in `sealed` is indexed.
    ///   - budget: counts the memory of rows that are in no segment yet.
    init(
        at position: UInt64 = 0, sealed: [SealedPart] = [], nextOrder: UInt64 = 0,
        sizes: LogicalSizes = LogicalSizes(), past: PastSnapshots? = nil,
        budget: TenantBudget? = nil
    ) {
        self.sealed = sealed
        self.sizes = sizes
        self.nextOrder = nextOrder
        self.past =
            past ?? PastSnapshots(indexed: RecordSnapshot(parts: sealed.map(\.part)))
        recent = RecentWrites(baseline: position)
        self.budget = budget
        tail = MemoryWriter(budget: budget)
    }

    var snapshot: RecordSnapshot { RecordSnapshot(parts: sealed.map(\.part) + [tail.part]) }

    /// The live row of a record, as a row of `snapshot`.
    func find(_ id: RecordID) -> RowRef? {
        if let row = tail.rowOfID[id] { return RowRef(part: sealed.count, row: Int(row)) }
        for index in sealed.indices.reversed() {
            if let row = sealed[index].row(of: id) { return RowRef(part: index, row: row) }
        }
        return nil
    }

    /// Applies the changes of one log entry in their order.
    mutating func apply(_ changes: [RecordChange], at position: UInt64) {
        for change in changes {
            sizes.pull(change)
            switch change {
            case .write(let operation, let batch): apply(batch, as: operation)
            case .delete(let ids): remove(ids)
            }
        }
        let ids = changes.count == 1 ? changes[0].ids : changes.flatMap(\.ids)
        recent.add(ids, at: position)
    }

    /// What a read token means: the present, unless something was written since, else what is
    /// kept of the past. Nil when that is not kept.
    ///
    /// - Parameter token: nil for a new read. The answer says what its token is.
    mutating func read(asOf token: UInt64?) -> (snapshot: RecordSnapshot, token: UInt64)? {
        if let token, token < recent.position {
            return recent.pinned(at: token).map { ($0, token) }
        }
        if recent.needsPin { recent.pin(snapshot) }
        return (snapshot, token ?? recent.position)
    }

    /// Applies one write (protocol §3).
    private mutating func apply(_ batch: RecordBatch, as operation: WriteOperation) {
        if past.willApply(operations: batch.ids.count) { past.keep(snapshot) }
        for index in batch.ids.indices {
            let existing = find(batch.ids[index])
            switch (operation, existing) {
            case (.add, nil), (.upsert, nil): insert(batch, index)
            case (.update, let ref?), (.upsert, let ref?): replace(ref, batch, index)
            case (.add, _?), (.update, nil): break
            case (.delete, _): remove(batch.ids[index])
            }
        }
        tail.rewriteIfMostlyDeleted()
    }

    /// Removes records; ids without a record are ignored.
    private mutating func remove(_ ids: [RecordID]) {
        if past.willApply(operations: ids.count) { past.keep(snapshot) }
        for id in ids { remove(id) }
    }

    private mutating func remove(_ id: RecordID) {
        guard let ref = find(id) else { return }
        sizes.remove(logicalBytes(of: ref))
        delete(ref)
        tail.forget(id)
    }

    /// Makes the tail an older part, so that what it holds stays as it is, and begins a new one.
    mutating func freezeTail() {
        guard tail.rows.rowCount > 0 else { return }
        let part = tail.part
        sealed.append(
            SealedPart(rows: part.rows, deleted: part.deleted, rowOfID: tail.rowOfID))
        tail = MemoryWriter(budget: budget)
    }

    /// The same records for another collection. Both read the same parts from here on; what
    /// either deletes or adds is its own.
    ///
    /// - Parameter position: of the entry that forks.
    mutating func fork(at position: UInt64) -> RecordWriter {
        freezeTail()
        return RecordWriter(
            at: position, sealed: sealed, nextOrder: nextOrder, sizes: sizes, past: past,
            budget: budget)
    }

    /// Says what the collection holds in segments from now on.
    ///
    /// - Parameters:
    ///   - operations: how many more are indexed than were before.
    ///   - position: of the last entry among them.
    ///   - captured: the sizes as of that entry.
    mutating func index(
        _ snapshot: RecordSnapshot, operations: Int, upTo position: UInt64,
        captured: LogicalSizes
    ) {
        sizes.compacted(captured)
        past.index(snapshot, operations: operations)
        recent.forget(upTo: position)
    }

    /// Puts one new part in the place of older ones.
    ///
    /// - Parameters:
    ///   - range: the replaced parts.
    ///   - segment: their live rows as of the freeze; nil when there were none.
    ///   - origins: for each of the segment's rows, the row it was copied from; parts are
    ///     counted from the start of the range.
    mutating func replace(
        _ range: Range<Int>, with segment: SegmentSections?, origins: [RowRef]
    ) {
        let deleted = DeletionMap(of: origins, in: sealed[range])
        let new = segment.map {
            SealedPart(rows: .segment($0), deleted: deleted, rowOfID: [:])
        }
        sealed.replaceSubrange(range, with: [new].compactMap { $0 })
    }

    private mutating func delete(_ ref: RowRef) {
        if Int(ref.part) == sealed.count {
            tail.delete(row: ref.row)
        } else {
            sealed[Int(ref.part)].deleted.insert(Int(ref.row))
        }
    }

    private mutating func insert(_ batch: RecordBatch, _ index: Int) {
        let payload = RowPayload(
            id: batch.ids[index], document: batch.documents?[index], uri: batch.uris?[index],
            metadata: batch.metadatas?[index]?.applied(to: nil))
        batch.embeddings?.withRow(index) { embedding in
            // A record without an embedding cannot be inserted; the wire refuses it.
            guard let embedding else { return }
            sizes.add(payload.logicalBytes(dimension: embedding.count))
            tail.append(payload, embedding, order: nextOrder)
            nextOrder += 1
        }
    }

    private mutating func replace(_ ref: RowRef, _ batch: RecordBatch, _ index: Int) {
        let part = Int(ref.part) == sealed.count ? tail.part : sealed[Int(ref.part)].part
        let row = Int(ref.row)
        var payload = part.payload(of: row)
        sizes.remove(payload.logicalBytes(dimension: part.embedding(of: row).dimension))
        if let document = batch.documents?[index] { payload.document = document }
        if let uri = batch.uris?[index] { payload.uri = uri }
        if let patch = batch.metadatas?[index] {
            payload.metadata = patch.applied(to: payload.metadata)
        }
        let order = part.order(of: row)
        delete(ref)
        if let given = batch.embeddings?.withRow(index, { $0 }) ?? nil {
            sizes.add(payload.logicalBytes(dimension: given.count))
            tail.append(payload, given, order: order)
        } else {
            part.embedding(of: row).withValues {
                sizes.add(payload.logicalBytes(dimension: $0.count))
                tail.append(payload, $0, order: order)
            }
        }
    }

    private func logicalBytes(of ref: RowRef) -> Int {
        let part = Int(ref.part) == sealed.count ? tail.part : sealed[Int(ref.part)].part
        let row = Int(ref.row)
        return part.payload(of: row).logicalBytes(dimension: part.embedding(of: row).dimension)
    }
}

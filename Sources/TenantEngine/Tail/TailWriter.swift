import ChromaModel

/// The writing side of a tail: the id map and the chunks that are being filled.
///
/// **Invariant:** `rows` maps each live record to its newest row; every other row is removed.
struct TailWriter {
    /// Rows of the first chunk; each next one is twice as large, up to `chunkRowsMax`.
    /// Small, because most collections of a host are small.
    static let chunkRowsMin = 16
    static let chunkRowsMax = 4096
    /// Removed rows tolerated before the tail is rewritten, beside as many as there are live.
    static let removedRowsMin = 1024

    private var rows: [RecordID: UInt32] = [:]
    private var chunks: [TailChunk] = []
    private var rowCount = 0
    private var nextOrder: UInt64 = 0
    private var lastOrder: UInt64?
    private var isOrdered = true
    private(set) var snapshot = TailSnapshot.empty

    /// The epoch whose snapshot is being built.
    private var epoch: UInt64 { snapshot.epoch + 1 }

    func row(of id: RecordID) -> UInt32? { rows[id] }

    /// Makes everything applied so far the newest snapshot.
    mutating func publish() {
        let epoch = epoch
        if rowCount - rows.count > max(Self.removedRowsMin, rows.count) { rewrite() }
        snapshot = TailSnapshot(
            chunks: chunks, rowCount: rowCount, liveCount: rows.count, epoch: epoch,
            isOrdered: isOrdered)
    }

    mutating func apply(_ batch: RecordBatch, as operation: WriteOperation) {
        for index in batch.ids.indices {
            let existing = rows[batch.ids[index]]
            switch (operation, existing) {
            case (.add, nil), (.upsert, nil): insert(batch, index)
            case (.update, let row?), (.upsert, let row?): replace(row, batch, index)
            case (.add, _?), (.update, nil): break
            case (.delete, _): remove(batch.ids[index])
            }
        }
    }

    mutating func remove(_ id: RecordID) {
        guard let row = rows.removeValue(forKey: id) else { return }
        let (chunk, slot) = place(of: row)
        chunk.remove(slot, at: epoch)
    }

    private mutating func insert(_ batch: RecordBatch, _ index: Int) {
        let payload = RowPayload(
            id: batch.ids[index], document: batch.documents?[index], uri: batch.uris?[index],
            metadata: batch.metadatas?[index]?.applied(to: nil))
        batch.embeddings?.withRow(index) { embedding in
            // A record without an embedding cannot be inserted; the wire refuses it.
            guard let embedding else { return }
            append(payload, embedding, order: nextOrder)
            nextOrder += 1
        }
    }

    private mutating func replace(_ row: UInt32, _ batch: RecordBatch, _ index: Int) {
        let (chunk, slot) = place(of: row)
        var payload = chunk.payload(slot)
        if let document = batch.documents?[index] { payload.document = document }
        if let uri = batch.uris?[index] { payload.uri = uri }
        if let patch = batch.metadatas?[index] {
            payload.metadata = patch.applied(to: payload.metadata)
        }
        let order = chunk.orders[slot]
        let given = batch.embeddings?.withRow(index) { $0 } ?? nil
        append(payload, given ?? chunk.embedding(slot), order: order)
        chunk.remove(slot, at: epoch)
    }

    private mutating func append(
        _ payload: RowPayload, _ embedding: UnsafeBufferPointer<Float>, order: UInt64
    ) {
        let chunk = chunkWithRoom(dimension: embedding.count)
        chunk.append(payload, embedding: embedding, order: order)
        rows[payload.id] = UInt32(rowCount)
        rowCount += 1
        if let lastOrder, order < lastOrder { isOrdered = false }
        lastOrder = order
    }

    private mutating func chunkWithRoom(dimension: Int) -> TailChunk {
        if let last = chunks.last, !last.isFull { return last }
        let capacity = chunks.last.map { min($0.capacity * 2, Self.chunkRowsMax) }
        let chunk = TailChunk(
            firstRow: rowCount, capacity: capacity ?? Self.chunkRowsMin, dimension: dimension)
        chunks.append(chunk)
        return chunk
    }

    private func place(of row: UInt32) -> (chunk: TailChunk, slot: Int) {
        TailSnapshot(
            chunks: chunks, rowCount: rowCount, liveCount: 0, epoch: 0, isOrdered: true
        ).place(of: Int(row))
    }

    /// Copies the live rows into fresh chunks in insertion order. Old snapshots keep the old.
    private mutating func rewrite() {
        let old = TailSnapshot(
            chunks: chunks, rowCount: rowCount, liveCount: rows.count, epoch: epoch,
            isOrdered: isOrdered)
        let live = old.liveRows { _ in true }
        (chunks, rowCount, isOrdered, lastOrder) = ([], 0, true, nil)
        rows.removeAll(keepingCapacity: true)
        for row in live {
            let (chunk, slot) = old.place(of: Int(row))
            append(chunk.payload(slot), chunk.embedding(slot), order: chunk.orders[slot])
        }
    }
}

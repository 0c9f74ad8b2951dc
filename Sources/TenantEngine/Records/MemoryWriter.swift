import ChromaModel

/// The tail that is being written: rows in memory and the id map over them.
///
/// **Invariant:** `rowOfID` maps each record whose newest version is here to its row; every
/// other row is marked deleted.
struct MemoryWriter {
    /// Rows of the first chunk; each next one is twice as large, up to `chunkRowsMax`.
    /// Small, because most collections of a host are small.
    static let chunkRowsMin = 16
    static let chunkRowsMax = 4096
    /// Deleted rows tolerated before the tail is rewritten, beside as many as there are live.
    static let deletedRowsMin = 1024

    private(set) var rowOfID: [RecordID: UInt32] = [:]
    private(set) var rows = MemoryRows()
    private(set) var deleted = DeletionMap()
    private var lastOrder: UInt64?
    /// Counts the memory of the rows.
    private let budget: TenantBudget?

    init(budget: TenantBudget? = nil) { self.budget = budget }

    var part: Part { Part(rows: .memory(rows), deleted: deleted) }

    mutating func append(
        _ payload: RowPayload, _ embedding: UnsafeBufferPointer<Float>, order: UInt64
    ) {
        let chunk = chunkWithRoom(dimension: embedding.count)
        chunk.append(payload, embedding: embedding, order: order)
        rowOfID[payload.id] = UInt32(rows.rowCount)
        rows.rowCount += 1
        if let lastOrder, order < lastOrder { rows.isOrdered = false }
        lastOrder = order
    }

    /// Marks a row deleted; `remove(id)` when the record has no newer version.
    mutating func delete(row: UInt32) { deleted.insert(Int(row)) }

    mutating func forget(_ id: RecordID) { rowOfID[id] = nil }

    /// Copies the live rows into fresh chunks when most are deleted. Snapshots keep the old.
    mutating func rewriteIfMostlyDeleted() {
        guard deleted.count > max(Self.deletedRowsMin, rows.rowCount - deleted.count) else {
            return
        }
        let old = RecordSnapshot(parts: [part])
        self = MemoryWriter(budget: budget)
        for ref in old.liveRows {
            let (part, row) = (old.part(of: ref), Int(ref.row))
            part.embedding(of: row).withValues {
                append(part.payload(of: row), $0, order: part.order(of: row))
            }
        }
    }

    private mutating func chunkWithRoom(dimension: Int) -> RowChunk {
        if let last = rows.chunks.last, !last.isFull { return last }
        let capacity = rows.chunks.last.map { min($0.capacity * 2, Self.chunkRowsMax) }
        let chunk = RowChunk(
            firstRow: rows.rowCount, capacity: capacity ?? Self.chunkRowsMin,
            dimension: dimension, budget: budget)
        rows.chunks.append(chunk)
        return chunk
    }
}

extension RowPayload {
    /// The struct, its place in the id map, and the heads of its texts.
    static let overheadBytes = 160

    /// About how much memory the payload takes.
    var byteCount: Int {
        Self.overheadBytes + id.value.utf8.count * 2
            + (document?.utf8.count ?? 0) + (uri?.utf8.count ?? 0)
            + (metadata?.entries.count ?? 0) * 96
    }
}

import ChromaModel
import TenantStorage

/// Some of a collection's rows, from one place, at one moment; immutable.
///
/// A row is one version of a record. Of all versions in all parts at most one is live.
struct Part: Sendable {
    enum Rows: Sendable {
        case memory(MemoryRows)
        case segment(SegmentSections)
    }

    /// A run of rows that lie one behind the other.
    struct Block {
        let firstRow: Int
        let count: Int
        let embeddings: UnsafePointer<Float>
        let inverseNorms: UnsafePointer<Float>
        let orders: UnsafePointer<UInt64>
    }

    let rows: Rows
    let deleted: DeletionMap

    /// Rows, live or deleted.
    var rowCount: Int {
        switch rows {
        case .memory(let rows): rows.rowCount
        case .segment(let sections): sections.rowCount
        }
    }

    var liveCount: Int { rowCount - deleted.count }

    /// Whether row numbers rise with insertion order.
    var isOrdered: Bool {
        switch rows {
        case .memory(let rows): rows.isOrdered
        case .segment: true
        }
    }

    @inline(__always)
    func isLive(_ row: Int) -> Bool { !deleted.contains(row) }

    /// The rows that are live.
    var liveRows: RowBitmap {
        var rows = RowBitmap(allOf: rowCount)
        deleted.subtract(from: &rows)
        return rows
    }

    func order(of row: Int) -> UInt64 {
        switch rows {
        case .memory(let rows):
            let (chunk, slot) = rows.place(of: row)
            return chunk.orders[slot]
        case .segment(let sections): return sections.orders[row]
        }
    }

    func payload(of row: Int) -> RowPayload {
        switch rows {
        case .memory(let rows):
            let (chunk, slot) = rows.place(of: row)
            return chunk.payload(slot)
        case .segment(let sections):
            return RowPayload(
                id: sections.id(row), document: sections.document(row), uri: sections.uri(row),
                metadata: sections.metadata(row))
        }
    }

    func id(of row: Int) -> RecordID {
        switch rows {
        case .memory(let rows):
            let (chunk, slot) = rows.place(of: row)
            return chunk.withPayload(slot) { $0.id }
        case .segment(let sections): return sections.id(row)
        }
    }

    func document(of row: Int) -> String? {
        switch rows {
        case .memory(let rows):
            let (chunk, slot) = rows.place(of: row)
            return chunk.withPayload(slot) { $0.document }
        case .segment(let sections): return sections.document(row)
        }
    }

    func uri(of row: Int) -> String? {
        switch rows {
        case .memory(let rows):
            let (chunk, slot) = rows.place(of: row)
            return chunk.withPayload(slot) { $0.uri }
        case .segment(let sections): return sections.uri(row)
        }
    }

    func metadata(of row: Int) -> Metadata? {
        switch rows {
        case .memory(let rows):
            let (chunk, slot) = rows.place(of: row)
            return chunk.withPayload(slot) { $0.metadata }
        case .segment(let sections): return sections.metadata(row)
        }
    }

    /// Calls `body` with the UTF-8 of a row's document, in place.
    @inline(__always)
    func withDocument<R>(of row: Int, _ body: (UnsafeRawBufferPointer?) throws -> R) rethrows
        -> R
    {
        switch rows {
        case .memory(let rows):
            let (chunk, slot) = rows.place(of: row)
            guard var document = chunk.withPayload(slot, { $0.document }) else {
                return try body(nil)
            }
            return try document.withUTF8 { try body(UnsafeRawBufferPointer($0)) }
        case .segment(let sections): return try body(sections.documentBytes(row))
        }
    }

    func metadataValue(of row: Int, _ key: MetadataKey) -> MetadataValue? {
        switch rows {
        case .memory(let rows):
            let (chunk, slot) = rows.place(of: row)
            return chunk.withPayload(slot) { $0.metadata?[key] }
        case .segment(let sections): return sections.metadataValue(row, key)
        }
    }

    func embedding(of row: Int) -> EmbeddingView {
        switch rows {
        case .memory(let rows):
            let (chunk, slot) = rows.place(of: row)
            return EmbeddingView(
                owner: chunk, start: chunk.embeddings + slot * chunk.dimension,
                dimension: chunk.dimension)
        case .segment(let sections):
            return EmbeddingView(
                owner: sections, start: sections.embeddings + row * sections.dimension,
                dimension: sections.dimension)
        }
    }

    func inverseNorm(of row: Int) -> Float {
        switch rows {
        case .memory(let rows):
            let (chunk, slot) = rows.place(of: row)
            return chunk.inverseNorms[slot]
        case .segment(let sections): return sections.inverseNorms[row]
        }
    }

    /// Calls `body` with all rows, run by run, in order of row numbers.
    @inline(__always)
    func forEachBlock(_ body: (Block) throws -> Void) rethrows {
        switch rows {
        case .memory(let rows):
            for chunk in rows.chunks where chunk.firstRow < rows.rowCount {
                let count = min(chunk.capacity, rows.rowCount - chunk.firstRow)
                try body(chunk.block(count: count))
            }
        case .segment(let sections): try body(sections.block)
        }
    }

    /// The run that holds a row.
    func block(of row: Int) -> Block {
        switch rows {
        case .memory(let rows):
            let chunk = rows.place(of: row).chunk
            return chunk.block(count: min(chunk.capacity, rows.rowCount - chunk.firstRow))
        case .segment(let sections): return sections.block
        }
    }

    /// First and last place in insertion order; nil when there are no rows or they are unordered.
    var orderRange: ClosedRange<UInt64>? {
        if case .segment(let sections) = rows { return sections.extent.orders }
        guard isOrdered, rowCount > 0 else { return nil }
        return order(of: 0)...order(of: rowCount - 1)
    }
}

extension RowChunk {
    func block(count: Int) -> Part.Block {
        Part.Block(
            firstRow: firstRow, count: count, embeddings: embeddings,
            inverseNorms: inverseNorms, orders: orders)
    }
}

extension SegmentSections {
    var block: Part.Block {
        Part.Block(
            firstRow: 0, count: rowCount, embeddings: embeddings, inverseNorms: inverseNorms,
            orders: orders)
    }
}

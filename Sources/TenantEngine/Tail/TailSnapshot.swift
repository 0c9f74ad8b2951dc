import ChromaModel

/// The rows of a collection at one moment; immutable, held by as many readers as like.
///
/// A row is one version of a record, named by its number in order of writing. A record's place
/// in insertion order is its `order`, which a new version inherits.
struct TailSnapshot: Sendable {
    let chunks: [TailChunk]
    /// Rows visible to this snapshot, live or removed.
    let rowCount: Int
    /// Live rows: the number of records.
    let liveCount: Int
    /// Removals of later epochs are not seen.
    let epoch: UInt64
    /// Whether row numbers rise with `order`: no update has moved a record's newest version
    /// behind records inserted after it.
    let isOrdered: Bool

    static let empty = TailSnapshot(
        chunks: [], rowCount: 0, liveCount: 0, epoch: 0, isOrdered: true)

    /// The chunk and slot of a row.
    @inline(__always)
    func place(of row: Int) -> (chunk: TailChunk, slot: Int) {
        var low = 0
        var high = chunks.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if chunks[middle].firstRow <= row { low = middle } else { high = middle - 1 }
        }
        return (chunks[low], row - chunks[low].firstRow)
    }

    func order(of row: UInt32) -> UInt64 {
        let (chunk, slot) = place(of: Int(row))
        return chunk.orders[slot]
    }

    /// Calls `body` with each chunk and its visible slots, in order of rows.
    @inline(__always)
    func forEachChunk(_ body: (TailChunk, Int) -> Void) {
        for chunk in chunks where chunk.firstRow < rowCount {
            body(chunk, min(chunk.capacity, rowCount - chunk.firstRow))
        }
    }

    /// Rows sorted into insertion order.
    func sortedByOrder(_ rows: [UInt32]) -> [UInt32] {
        guard !isOrdered else { return rows.sorted() }
        return rows.map { (order(of: $0), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// Live rows that pass `test`, in insertion order.
    func liveRows(where test: (borrowing RowPayload) -> Bool) -> [UInt32] {
        var rows: [UInt32] = []
        forEachChunk { chunk, slots in
            for slot in 0..<slots where chunk.isLive(slot, at: epoch) {
                if chunk.withPayload(slot, test) { rows.append(UInt32(chunk.firstRow + slot)) }
            }
        }
        return isOrdered ? rows : sortedByOrder(rows)
    }
}

/// Row versions in memory, in order of writing, at one moment; immutable.
struct MemoryRows: Sendable {
    var chunks: [RowChunk] = []
    var rowCount = 0
    /// Whether row numbers rise with `order`: no update has put a record's newest version
    /// behind records inserted after it.
    var isOrdered = true

    /// The chunk and slot of a row.
    @inline(__always)
    func place(of row: Int) -> (chunk: RowChunk, slot: Int) {
        var low = 0
        var high = chunks.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if chunks[middle].firstRow <= row { low = middle } else { high = middle - 1 }
        }
        return (chunks[low], row - chunks[low].firstRow)
    }
}

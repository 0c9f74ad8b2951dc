import ChromaModel
import VectorIndex

extension NearestSearch {
    /// Of a run of rows with more than one in so many selected, all are scored: reading them in
    /// a row is faster than picking.
    static let denseShare = 4

    /// Scores the set rows of a part. Throws as `SearchDeadline.check` does.
    func scan(
        _ query: PreparedQuery, _ rows: RowBitmap, _ index: Int, _ nearest: inout NearestRows,
        _ out: UnsafeMutablePointer<Float>
    ) throws {
        guard !rows.isEmpty else { return }
        var places: [UInt32] = []
        places.reserveCapacity(Self.blockRows)
        try snapshot.parts[index].forEachBlock { block in
            for start in stride(from: 0, to: block.count, by: Self.blockRows) {
                let first = block.firstRow + start
                let window = first..<(first + min(Self.blockRows, block.count - start))
                let count = rows.count(in: window)
                guard count > 0 else { continue }
                try deadline.check()
                if count * Self.denseShare > window.count {
                    scanWindow(query, rows, window, block, part: index, &nearest, out)
                    continue
                }
                rows.forEach(in: window) { places.append(UInt32($0 - block.firstRow)) }
                // Few rows of a window are gathered with those of the next ones.
                if places.count + Self.blockRows / Self.denseShare > Self.blockRows {
                    score(query, &places, block, part: index, &nearest, out)
                }
            }
            score(query, &places, block, part: index, &nearest, out)
        }
    }

    /// Scores all rows of a window and offers the set ones.
    private func scanWindow(
        _ query: PreparedQuery, _ rows: RowBitmap, _ window: Range<Int>, _ block: Part.Block,
        part: Int, _ nearest: inout NearestRows, _ out: UnsafeMutablePointer<Float>
    ) {
        let start = window.lowerBound - block.firstRow
        kernel.score(
            query, rows: block.embeddings + start * query.dimension, count: window.count,
            inverseNorms: block.inverseNorms + start, into: out)
        for place in 0..<window.count where !(out[place] > nearest.worstDistance) {
            guard rows.contains(window.lowerBound + place) else { continue }
            offer(start + place, block, part: part, out[place], &nearest)
        }
    }

    /// Scores the gathered places of a block and forgets them.
    private func score(
        _ query: PreparedQuery, _ places: inout [UInt32], _ block: Part.Block, part: Int,
        _ nearest: inout NearestRows, _ out: UnsafeMutablePointer<Float>
    ) {
        kernel.score(
            query, rows: block.embeddings, places: places, count: places.count,
            inverseNorms: block.inverseNorms, into: out)
        for index in places.indices where !(out[index] > nearest.worstDistance) {
            offer(Int(places[index]), block, part: part, out[index], &nearest)
        }
        places.removeAll(keepingCapacity: true)
    }
}

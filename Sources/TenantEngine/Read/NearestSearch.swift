import ChromaModel
import VectorIndex

/// Exact nearest-neighbour search over a snapshot (protocol §3.3): every selected row is
/// scored, ties go by insertion order.
struct NearestSearch {
    /// Rows scored by one kernel call: enough to amortise it, few enough to stay in cache.
    static let blockRows = 256

    let snapshot: TailSnapshot
    let kernel: DistanceKernel

    func nearest(_ query: PreparedQuery, count: Int, among rows: SelectedRows)
        -> [NearestRows.Candidate]
    {
        var nearest = NearestRows(capacity: min(count, snapshot.liveCount))
        guard count > 0, snapshot.liveCount > 0 else { return [] }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.blockRows) { distances in
            guard let out = distances.baseAddress else { return }
            switch rows {
            case .all: scan(query, &nearest, out)
            case .some(let rows): scan(query, rows.sorted(), &nearest, out)
            }
        }
        return nearest.sorted()
    }

    /// Scores every live row.
    private func scan(
        _ query: PreparedQuery, _ nearest: inout NearestRows, _ out: UnsafeMutablePointer<Float>
    ) {
        let hasRemoved = snapshot.liveCount < snapshot.rowCount
        snapshot.forEachChunk { chunk, slots in
            for start in stride(from: 0, to: slots, by: Self.blockRows) {
                let count = min(Self.blockRows, slots - start)
                kernel.score(
                    query, rows: chunk.embeddings + start * chunk.dimension, count: count,
                    inverseNorms: chunk.inverseNorms + start, into: out)
                for index in 0..<count where !(out[index] > nearest.worstDistance) {
                    let slot = start + index
                    if hasRemoved, !chunk.isLive(slot, at: snapshot.epoch) { continue }
                    offer(slot, of: chunk, out[index], &nearest)
                }
            }
        }
    }

    /// Scores the given rows, which rise.
    private func scan(
        _ query: PreparedQuery, _ rows: [UInt32], _ nearest: inout NearestRows,
        _ out: UnsafeMutablePointer<Float>
    ) {
        var next = 0
        var places: [UInt32] = []
        places.reserveCapacity(Self.blockRows)
        while next < rows.count {
            let (chunk, _) = snapshot.place(of: Int(rows[next]))
            let end = chunk.firstRow + chunk.capacity
            places.removeAll(keepingCapacity: true)
            while next < rows.count, places.count < Self.blockRows, Int(rows[next]) < end {
                places.append(rows[next] - UInt32(chunk.firstRow))
                next += 1
            }
            kernel.score(
                query, rows: chunk.embeddings, places: places, count: places.count,
                inverseNorms: chunk.inverseNorms, into: out)
            for index in places.indices where !(out[index] > nearest.worstDistance) {
                offer(Int(places[index]), of: chunk, out[index], &nearest)
            }
        }
    }

    @inline(__always)
    private func offer(
        _ slot: Int, of chunk: TailChunk, _ distance: Float, _ nearest: inout NearestRows
    ) {
        nearest.offer(
            NearestRows.Candidate(
                distance: distance, row: UInt32(chunk.firstRow + slot), order: chunk.orders[slot]))
    }
}

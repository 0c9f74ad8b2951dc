import CKernels
import ChromaModel

/// The exact nearest rows of sampled queries.
///
/// Queries lie between a row and one of its near ones: a row itself would be found through its own
/// edges, which is easier than what users ask.
struct GroundTruth: Sendable {
    private let queries: [PreparedQuery]
    private let distances: [[Float]]
    private let nearest: Int

    init(_ rows: VectorRows, queries count: Int, nearest: Int, _ workers: Workers)
        throws(CancellationError)
    {
        let step = max(1, rows.count / count)
        let sampled = Array(stride(from: step / 2, to: rows.count, by: step).prefix(count))
        var builder = EmbeddingMatrix.Builder(capacity: sampled.count * rows.dimension)
        for row in sampled {
            let values = rows.row(row)
            for index in 0..<rows.dimension { builder.append(values[index]) }
            builder.endRow()
        }
        let matrix = builder.finish()
        let queries = sampled.indices.compactMap { PreparedQuery(matrix, row: $0) }
        self.queries = queries
        self.nearest = nearest
        distances = try Self.scan(rows, queries, nearest, workers)
    }

    /// Rows scored for all queries before the next: they stay in cache.
    private static let blockRows = 256

    private static func scan(
        _ rows: VectorRows, _ queries: [PreparedQuery], _ nearest: Int, _ workers: Workers
    ) throws(CancellationError) -> [[Float]] {
        let kernel = DistanceKernel(rows.space)
        let kept = (0..<queries.count).map { _ in KeptRows(capacity: nearest) }
        let chunk = max(1, (queries.count + workers.threads - 1) / workers.threads)
        try workers.forEach(queries.count, chunk: chunk, makeState: { Block<Float>(blockRows) }) {
            out, range in
            for start in stride(from: 0, to: rows.count, by: blockRows) {
                if workers.isCancelled() { return }
                let count = min(blockRows, rows.count - start)
                for query in range {
                    kernel.score(
                        queries[query], rows: rows.row(start), count: count,
                        inverseNorms: rows.inverseNorms + start, into: out.start)
                    kept[query].offer(out.start, count: count, firstRow: start)
                }
            }
        }
        return kept.map { $0.rows.sorted().map(\.distance) }
    }

    /// The part of the true nearest that a search finds; what is as near as the last counts.
    func recall(of index: VectorIndex, breadth: Int) -> Double {
        let reranked = max(2 * nearest, nearest + 8)
        var (found, wanted) = (0, 0)
        for (query, truth) in zip(queries, distances) {
            guard let last = truth.last else { continue }
            let answer = index.search(
                query, count: nearest, among: nil,
                by: .graph(breadth: max(breadth, reranked), reranked: reranked))
            found += answer.rows.count { $0.distance <= last }
            wanted += truth.count
        }
        return wanted == 0 ? 1 : Double(min(found, wanted)) / Double(wanted)
    }

    private final class KeptRows: @unchecked Sendable {
        // Safe to share: one worker has the queries of one range.
        private(set) var rows: NearestRows
        init(capacity: Int) { rows = NearestRows(capacity: capacity) }

        func offer(_ distances: UnsafePointer<Float>, count: Int, firstRow: Int) {
            for index in 0..<count where !(distances[index] > rows.worstDistance) {
                let row = UInt64(firstRow + index)
                rows.offer(.init(distance: distances[index], row: row, order: row))
            }
        }
    }
}

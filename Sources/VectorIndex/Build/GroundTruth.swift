import CKernels
import ChromaModel

/// The exact nearest rows of sampled rows, each as if it weren't there itself.
///
/// A row would be found through its own edges, which is easier than what users ask; so both the
/// truth and the searches leave its node out.
struct GroundTruth: Sendable {
    private let queries: [PreparedQuery]
    private let nodes: [Int]
    private let distances: [[Float]]
    private let nearest: Int

    init(
        _ rows: VectorRows, nodeOfRow: [UInt32], queries count: Int, nearest: Int,
        _ workers: Workers
    ) throws(CancellationError) {
        let step = max(1, rows.count / count)
        let sampled = stride(from: step / 2, to: rows.count, by: step).prefix(count)
            .filter { nodeOfRow[$0] != IndexFormat.noNode }
        let matrix = EmbeddingMatrix.rows(
            sampled.map { Array(UnsafeBufferPointer(start: rows.row($0), count: rows.dimension)) })
        let queries = sampled.indices.compactMap { PreparedQuery(matrix, row: $0) }
        self.queries = queries
        self.nearest = nearest
        nodes = sampled.map { Int(nodeOfRow[$0]) }
        let kept = zip(sampled, queries).map { row, _ in
            KeptRows(capacity: nearest, without: nodeOfRow[row], of: nodeOfRow)
        }
        try Self.scan(rows, queries, kept, workers)
        distances = kept.map { $0.rows.sorted().map(\.distance) }
    }

    /// Rows scored for all queries before the next: they stay in cache.
    private static let blockRows = 256

    private static func scan(
        _ rows: VectorRows, _ queries: [PreparedQuery], _ kept: [KeptRows], _ workers: Workers
    ) throws(CancellationError) {
        let kernel = DistanceKernel(rows.space)
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
    }

    /// The part of the true nearest that searches find; what is as near as the last counts.
    func recall(of index: EmbeddingIndex, breadth: Int) -> Double {
        var (found, wanted) = (0, 0)
        for query in queries.indices {
            guard let last = distances[query].last else { continue }
            let rows = index.search(
                queries[query], count: nearest, breadth: breadth, without: nodes[query])
            found += min(distances[query].count, rows.count { $0.distance <= last })
            wanted += distances[query].count
        }
        return wanted == 0 ? 1 : Double(found) / Double(wanted)
    }

    private final class KeptRows: @unchecked Sendable {
        // Safe to share: one worker has the queries of one range.
        private(set) var rows: NearestRows
        private let missing: UInt32
        private let nodeOfRow: [UInt32]

        /// - Parameter missing: the node whose rows are left out.
        init(capacity: Int, without missing: UInt32, of nodeOfRow: [UInt32]) {
            rows = NearestRows(capacity: capacity)
            self.missing = missing
            self.nodeOfRow = nodeOfRow
        }

        func offer(_ distances: UnsafePointer<Float>, count: Int, firstRow: Int) {
            for index in 0..<count where !(distances[index] > rows.worstDistance) {
                if nodeOfRow[firstRow + index] == missing { continue }
                let row = UInt64(firstRow + index)
                rows.offer(.init(distance: distances[index], row: row, order: row))
            }
        }
    }
}

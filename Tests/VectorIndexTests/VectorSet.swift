import ChromaModel
import TestSupport
import Testing
import VectorIndex

/// Rows and queries with what an index wants of them; the exact answers by sorting everything.
final class VectorSet {
    let space: DistanceSpace
    let dimension: Int
    let count: Int
    private let values: [Float]
    private let inverseNorms: [Float]
    private let queryMatrix: EmbeddingMatrix

    init(_ space: DistanceSpace, _ rows: [[Float]], queries: [[Float]]) {
        self.space = space
        dimension = rows[0].count
        count = rows.count
        values = rows.flatMap { $0 }
        inverseNorms = rows.map { $0.withUnsafeBufferPointer(DistanceKernel.inverseNorm) }
        queryMatrix = .rows(queries)
    }

    var queries: [PreparedQuery] {
        (0..<queryMatrix.rowCount).compactMap { PreparedQuery(queryMatrix, row: $0) }
    }

    /// The pointers of an array last as long as the array that isn't changed; `self` keeps both.
    var rows: VectorRows {
        let (start, norms) = (
            values.withUnsafeBufferPointer { $0.baseAddress },
            inverseNorms.withUnsafeBufferPointer { $0.baseAddress }
        )
        guard let start, let norms else { preconditionFailure("a set has rows") }
        return VectorRows(
            space: space, dimension: dimension, count: count, values: start, inverseNorms: norms,
            owner: self)
    }

    func index(_ sizeClass: SizeClass, threads: Int = 1) throws -> EmbeddingIndex {
        var options = IndexBuilder.Options()
        options.sizeClass = sizeClass
        options.threads = threads
        let built = try #require(try IndexBuilder(rows, options: options).build())
        return try EmbeddingIndex(IndexSections(built), of: rows)
    }

    /// The nearest rows by scoring all, as a search must report them.
    func exact(
        _ query: PreparedQuery, _ wanted: Int, among allowed: RowBitmap? = nil
    ) -> [NearestRows.Candidate] {
        var distances = [Float](repeating: 0, count: count)
        DistanceKernel(space).score(
            query, rows: values, count: count, inverseNorms: inverseNorms, into: &distances)
        var nearest = NearestRows(capacity: wanted)
        for row in 0..<count where allowed?.contains(row) ?? true {
            nearest.offer(.init(distance: distances[row], row: UInt64(row), order: UInt64(row)))
        }
        return nearest.sorted()
    }

    /// The part of the exact answers that an index finds, over all queries.
    func recall(
        of index: EmbeddingIndex, _ wanted: Int = 10, among allowed: RowBitmap? = nil
    ) -> Double {
        var (found, all) = (0, 0)
        for query in queries {
            let truth = exact(query, wanted, among: allowed)
            guard let last = truth.last else { continue }
            let answer = index.search(query, count: wanted, among: allowed)
            found += min(truth.count, answer.rows.count { $0.distance <= last.distance })
            all += truth.count
        }
        return all == 0 ? 1 : Double(found) / Double(all)
    }
}

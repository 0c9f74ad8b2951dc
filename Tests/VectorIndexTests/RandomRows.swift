import ChromaModel
import TestSupport
import VectorIndex

/// Random rows and a query, with everything a kernel wants of them.
struct RandomRows {
    let dimension: Int
    let values: [Float]
    let inverseNorms: [Float]
    let query: EmbeddingMatrix

    init(count: Int, dimension: Int, seed: UInt64) {
        let random = SeededRandom(seed: seed)
        let values = (0..<(count * dimension)).map { _ in random.unitFloat() }
        self.dimension = dimension
        self.values = values
        inverseNorms = (0..<count).map { row in
            Array(values[(row * dimension)..<((row + 1) * dimension)])
                .withUnsafeBufferPointer { DistanceKernel.inverseNorm($0) }
        }
        query = .rows([(0..<dimension).map { _ in random.unitFloat() }])
    }

    /// The distance to a row in Double, and the sum of the absolute terms, which bounds what
    /// rounding can do to it.
    func expected(_ space: DistanceSpace, _ row: Int) -> (distance: Double, scale: Double) {
        var (dot, absolute, square, norm, queryNorm) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for index in 0..<dimension {
            let (a, b) = (Double(query.values[index]), Double(values[row * dimension + index]))
            dot += a * b
            absolute += abs(a * b)
            square += (a - b) * (a - b)
            norm += b * b
            queryNorm += a * a
        }
        let norms = (norm * queryNorm).squareRoot()
        switch space {
        case .l2: return (square, square)
        case .ip: return (1 - dot, 1 + absolute)
        case .cosine: return (1 - dot / norms, 1 + absolute / norms)
        }
    }

    /// Distances to all rows in sequence.
    func scored(_ kernel: DistanceKernel) -> [Float] {
        var out = [Float](repeating: .nan, count: inverseNorms.count)
        guard let prepared = PreparedQuery(query, row: 0) else { return [] }
        kernel.score(
            prepared, rows: values, count: out.count, inverseNorms: inverseNorms, into: &out)
        return out
    }

    /// Distances to the rows at `places`.
    func gathered(_ kernel: DistanceKernel, _ places: [UInt32]) -> [Float] {
        var out = [Float](repeating: .nan, count: places.count)
        guard let prepared = PreparedQuery(query, row: 0) else { return [] }
        kernel.score(
            prepared, rows: values, places: places, count: places.count,
            inverseNorms: inverseNorms, into: &out)
        return out
    }
}

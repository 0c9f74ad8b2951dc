import CKernels
import ChromaModel

/// Scores rows of f32 against a query in one space, smaller is nearer (protocol §3.4).
///
/// For cosine it wants the inverse norm of each row, computed once when the row is stored.
package struct DistanceKernel: Sendable {
    package let space: DistanceSpace
    private let rows: tk_rows_function
    private let gather: tk_gather_function

    package init(_ space: DistanceSpace, instructionSet: InstructionSet = .best) {
        self.space = space
        let level = instructionSet.rawValue
        rows = space == .l2 ? tk_l2_rows(level) : tk_dot_rows(level)
        gather = space == .l2 ? tk_l2_gather(level) : tk_dot_gather(level)
    }

    /// `1 / ‖row‖`, or 0 for a zero row, which makes its cosine distance 1.
    package static func inverseNorm(_ row: UnsafeBufferPointer<Float>) -> Float {
        guard let start = row.baseAddress else { return 0 }
        var square: Float = 0
        tk_dot_rows(InstructionSet.best.rawValue)(start, start, 1, row.count, row.count, &square)
        let norm = square.squareRoot()
        return norm > 0 ? 1 / norm : 0
    }

    /// Distances to `count` consecutive rows.
    ///
    /// - Parameters:
    ///   - inverseNorms: one a row; read only for cosine.
    ///   - out: receives `count` distances.
    package func score(
        _ query: PreparedQuery, rows start: UnsafePointer<Float>, count: Int,
        inverseNorms: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>
    ) {
        rows(query.values, start, count, query.dimension, query.dimension, out)
        finish(query, count: count, into: out) { inverseNorms[$0] }
    }

    /// Distances to the rows at `places`.
    package func score(
        _ query: PreparedQuery, rows start: UnsafePointer<Float>,
        places: UnsafePointer<UInt32>, count: Int, inverseNorms: UnsafePointer<Float>,
        into out: UnsafeMutablePointer<Float>
    ) {
        gather(query.values, start, places, count, query.dimension, query.dimension, out)
        finish(query, count: count, into: out) { inverseNorms[Int(places[$0])] }
    }

    /// Turns dot products into distances; squared differences are distances already.
    @inline(__always)
    private func finish(
        _ query: PreparedQuery, count: Int, into out: UnsafeMutablePointer<Float>,
        inverseNorm: (Int) -> Float
    ) {
        switch space {
        case .l2: break
        case .ip: for i in 0..<count { out[i] = 1 - out[i] }
        case .cosine:
            for i in 0..<count { out[i] = 1 - out[i] * query.inverseNorm * inverseNorm(i) }
        }
    }
}

/// A query vector with what every distance needs of it.
package struct PreparedQuery: @unchecked Sendable {
    // Safe to share: `values` points into `owner`, whose floats never change.
    private let owner: EmbeddingMatrix
    let values: UnsafePointer<Float>
    package let inverseNorm: Float
    package let dimension: Int

    /// Row `row` of a matrix; nil when that row is absent or has no elements.
    package init?(_ matrix: EmbeddingMatrix, row: Int) {
        let values = matrix.withRow(row) { $0 }
        guard let values, let start = values.baseAddress, !values.isEmpty else { return nil }
        owner = matrix
        self.values = start
        dimension = matrix.dimension
        inverseNorm = DistanceKernel.inverseNorm(values)
    }
}

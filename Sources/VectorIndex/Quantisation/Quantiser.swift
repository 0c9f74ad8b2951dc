import CKernels
import ChromaModel

/// Turns rows into codes and queries into what codes are scored with.
///
/// A row is (for cosine: made of unit length,) rotated, and taken relative to the mean; then it
/// is rounded. Scores rise with distance, and `baseOf + score` estimates the distance.
struct Quantiser: Sendable {
    let space: DistanceSpace
    let dimension: Int
    let bits: CodeBits
    let elements: Int
    let seed: UInt64
    /// The rotated mean of the rows, `elements` long.
    let mean: Block<Float>
    private let rotation: Rotation

    var strideBytes: Int { bits.strideBytes(elements: elements) }

    init(space: DistanceSpace, dimension: Int, bits: CodeBits, seed: UInt64, mean: Block<Float>) {
        self.space = space
        self.dimension = dimension
        self.bits = bits
        self.seed = seed
        self.mean = mean
        elements = bits.elements(dimension: dimension)
        rotation = Rotation(elements: elements, seed: seed)
    }

    /// Longer rows (squared) would overflow sums of f32; they have no codes.
    static let squareMax: Float = 1e30

    /// Rows the mean is taken of.
    private static let meanRowsMax = 16_384

    /// A quantiser for rows, whose mean is that of an even sample of them.
    init(for rows: VectorRows, bits: CodeBits, seed: UInt64) {
        let elements = bits.elements(dimension: rows.dimension)
        let mean = Block<Float>(elements)
        let step = max(1, rows.count / Self.meanRowsMax)
        var sums = [Double](repeating: 0, count: rows.dimension)
        var counted = 0.0
        for row in stride(from: 0, to: rows.count, by: step) {
            let values = rows.row(row)
            let scale = rows.space == .cosine ? rows.inverseNorms[row] : 1
            var square: Float = 0
            for index in 0..<rows.dimension {
                square += values[index] * scale * (values[index] * scale)
            }
            guard square < Self.squareMax else { continue }
            for index in 0..<rows.dimension { sums[index] += Double(values[index] * scale) }
            counted += 1
        }
        let rotation = Rotation(elements: elements, seed: seed)
        if counted > 0 {
            for index in 0..<rows.dimension { mean[index] = Float(sums[index] / counted) }
            rotation.turn(mean.start)
        }
        self.init(
            space: rows.space, dimension: rows.dimension, bits: bits, seed: seed, mean: mean)
    }

    /// Writes a row's rotated place relative to the mean into `out`, `elements` long.
    ///
    /// - Returns: the square of its length; not finite when the row is not, or too long.
    func residual(
        of values: UnsafePointer<Float>, inverseNorm: Float,
        into out: UnsafeMutablePointer<Float>
    ) -> Float {
        turn(values, scale: space == .cosine ? inverseNorm : 1, into: out)
        var square: SIMD8<Float> = .zero
        for start in stride(from: 0, to: elements, by: 8) {
            var part = SIMD8<Float>()
            for lane in 0..<8 {
                let value = out[start + lane] - mean.start[start + lane]
                out[start + lane] = value
                part[lane] = value
            }
            square += part * part
        }
        return square.sum()
    }

    /// Writes the head and the codes of a residual.
    func encode(
        _ residual: UnsafePointer<Float>, square: Float, into row: UnsafeMutablePointer<UInt8>
    ) {
        var head = tk_code_head()
        let codes = row + MemoryLayout<tk_code_head>.stride
        let set = InstructionSet.best.rawValue
        switch bits {
        case .four: tk_encode4(residual, elements, &head, codes, set)
        case .eight: tk_encode8(residual, elements, &head, codes, set)
        }
        head.constant = space == .l2 ? square : 0
        head.factor *= space == .l2 ? -2 : -1
        UnsafeMutableRawPointer(row).storeBytes(of: head, as: tk_code_head.self)
    }

    /// A query's codes, and what its estimates can be off.
    func prepare(_ query: PreparedQuery, _ scratch: QueryCodes) {
        turn(query.values, scale: space == .cosine ? query.inverseNorm : 1, into: scratch.turned)
        scratch.encode(self)
    }

    private func turn(
        _ values: UnsafePointer<Float>, scale: Float, into out: UnsafeMutablePointer<Float>
    ) {
        for index in 0..<dimension { out[index] = values[index] * scale }
        for index in dimension..<elements { out[index] = 0 }
        rotation.turn(out)
    }
}

import CKernels
import ChromaModel

/// All rows in codes, by row: what searches use, and what a graph is built over.
struct EncodedRows: Sendable {
    let quantiser: Quantiser
    let codes: Block<UInt8>
    /// Nil when no graph is to be built.
    let matrix: BuildMatrix?
    /// Rows that cannot be compared by codes: with elements that are no numbers, or too long.
    let isLoose: Block<Bool>

    private static let chunkRows = 256

    init(
        _ rows: VectorRows, _ quantiser: Quantiser, withMatrix: Bool, _ workers: Workers
    ) throws(CancellationError) {
        self.quantiser = quantiser
        let (elements, stride) = (quantiser.elements, quantiser.strideBytes)
        let completion = Completion(of: rows)
        let codes = Block<UInt8>(rows.count * stride)
        let isLoose = Block<Bool>(rows.count)
        let matrix =
            withMatrix
            ? BuildMatrix(count: rows.count, stride: elements + (completion == nil ? 0 : 64)) : nil
        try workers.forEach(
            rows.count, chunk: Self.chunkRows, makeState: { Block<Float>(elements + 64) }
        ) { residual, range in
            for row in range {
                let square = quantiser.residual(
                    of: rows.row(row), inverseNorm: rows.inverseNorms[row], into: residual.start)
                guard square < Quantiser.squareMax else {
                    isLoose[row] = true
                    Self.markUnbounded(codes.start + row * stride)
                    continue
                }
                quantiser.encode(residual.start, square: square, into: codes.start + row * stride)
                residual[elements] = completion?.element(rows.inverseNorms[row]) ?? 0
                matrix?.set(row, to: residual.start)
            }
        }
        self.codes = codes
        self.matrix = matrix
        self.isLoose = isLoose
    }

    /// No bound on the distance of a row can be had from these codes.
    private static func markUnbounded(_ row: UnsafeMutablePointer<UInt8>) {
        let head = tk_code_head(constant: 0, factor: 0, error: .infinity, length: .infinity)
        UnsafeMutableRawPointer(row).storeBytes(of: head, as: tk_code_head.self)
    }

    /// The element that makes rows equally long, for inner products of rows that aren't.
    private struct Completion {
        private let longestSquare: Float
        private let mean: Float
        /// Lengths that differ by less are equal.
        private static let tolerance: Float = 1.01

        init?(of rows: VectorRows) {
            guard rows.space == .ip else { return nil }
            var (longest, shortest): (Float, Float) = (0, .infinity)
            for row in 0..<rows.count {
                let norm = Self.norm(rows.inverseNorms[row])
                guard norm * norm < Quantiser.squareMax else { continue }
                longest = max(longest, norm)
                shortest = min(shortest, norm)
            }
            guard longest > shortest * Self.tolerance else { return nil }
            longestSquare = longest * longest
            var sum = 0.0
            for row in 0..<rows.count {
                sum += Double(Self.missing(of: longestSquare, rows.inverseNorms[row]))
            }
            mean = Float(sum / Double(rows.count))
        }

        func element(_ inverseNorm: Float) -> Float {
            Self.missing(of: longestSquare, inverseNorm) - mean
        }

        private static func missing(of square: Float, _ inverseNorm: Float) -> Float {
            let norm = norm(inverseNorm)
            return max(0, square - norm * norm).squareRoot()
        }

        private static func norm(_ inverse: Float) -> Float { inverse > 0 ? 1 / inverse : 0 }
    }
}

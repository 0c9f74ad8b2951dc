import CKernels

/// The rows a graph is built over, as 8-bit codes with what turns products into distances.
///
/// For inner products a further element completes each row to the length of the longest: then the
/// nearest by Euclid is the one with the greatest product (Bachrach et al. 2014), and edges chosen
/// by Euclid lead to it.
final class BuildMatrix: Sendable {
    let count: Int
    /// Bytes of a row.
    let stride: Int
    let codes: Block<UInt8>
    let squares: Block<Float>
    let scales: Block<Float>
    /// 64 times the sum of a row's signed codes.
    let biases: Block<Int32>

    init(count: Int, stride: Int) {
        self.count = count
        self.stride = stride
        codes = Block(count * stride)
        squares = Block(count)
        scales = Block(count)
        biases = Block(count)
    }

    @inline(__always)
    func row(_ row: Int) -> UnsafeMutablePointer<UInt8> { codes.start + row * stride }

    @inline(__always)
    func scale(_ row: Int) -> tk_row_scale {
        tk_row_scale(square: squares[row], scale: scales[row], bias: biases[row])
    }

    /// Quantises a row of `stride` elements.
    func set(_ row: Int, to values: UnsafePointer<Float>) {
        var head = tk_code_head()
        tk_encode8(values, stride, &head, self.row(row), InstructionSet.best.rawValue)
        var sum: Int32 = 0
        let codes = self.row(row)
        for index in 0..<stride { sum += Int32(codes[index]) - 64 }
        squares[row] = head.length * head.length
        scales[row] = head.factor
        biases[row] = 64 * sum
    }

    /// Takes row `source` of another matrix of the same width.
    func copy(_ source: Int, of other: BuildMatrix, to row: Int) {
        self.row(row).update(from: other.row(source), count: stride)
        squares[row] = other.squares[source]
        scales[row] = other.scales[source]
        biases[row] = other.biases[source]
    }

    /// Whether two rows have the same codes and, up to 1 part in 128, the same scale.
    func isSame(_ left: Int, _ right: Int) -> Bool {
        scales[left].bitPattern >> 16 == scales[right].bitPattern >> 16
            && UnsafeBufferPointer(start: row(left), count: stride)
                .elementsEqual(UnsafeBufferPointer(start: row(right), count: stride))
    }

    /// Equal for rows that are the same.
    func hash(_ row: Int) -> UInt64 {
        let crc = tk_crc32c(scales[row].bitPattern >> 16, self.row(row), stride)
        return UInt64(crc) | UInt64(scales[row].bitPattern >> 16) << 32
    }
}

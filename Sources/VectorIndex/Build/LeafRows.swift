import CKernels

/// Rows of a matrix lying one behind the other, in both forms that products are made of; reused
/// from leaf to leaf by one worker.
final class LeafRows {
    private(set) var count = 0
    let stride: Int
    let left: Block<UInt8>
    let right: Block<Int8>
    let squares: Block<Float>
    let scales: Block<Float>
    let biases: Block<Int32>

    init(capacity: Int, stride: Int) {
        self.stride = stride
        left = Block(capacity * stride)
        right = Block(capacity * stride)
        squares = Block(capacity)
        scales = Block(capacity)
        biases = Block(capacity)
    }

    /// Takes the rows of a matrix that are named.
    func gather(_ rows: UnsafeBufferPointer<UInt32>, of matrix: BuildMatrix) {
        count = rows.count
        for (place, row) in rows.enumerated() {
            if place + 4 < rows.count { tk_prefetch(matrix.row(Int(rows[place + 4]))) }
            take(Int(row), of: matrix, at: place)
        }
    }

    @inline(__always)
    func take(_ row: Int, of matrix: BuildMatrix, at place: Int) {
        let source = UnsafeRawPointer(matrix.row(row))
        let left = UnsafeMutableRawPointer(left.start + place * stride)
        let right = UnsafeMutableRawPointer(right.start + place * stride)
        left.copyMemory(from: source, byteCount: stride)
        let centre = SIMD32<Int8>(repeating: 64)
        for at in Swift.stride(from: 0, to: stride, by: 32) {
            let codes = source.loadUnaligned(fromByteOffset: at, as: SIMD32<Int8>.self)
            right.storeBytes(of: codes &- centre, toByteOffset: at, as: SIMD32<Int8>.self)
        }
        squares[place] = matrix.squares[row]
        scales[place] = matrix.scales[row]
        biases[place] = matrix.biases[row]
    }

    @inline(__always)
    func scale(_ place: Int) -> tk_row_scale {
        tk_row_scale(square: squares[place], scale: scales[place], bias: biases[place])
    }
}

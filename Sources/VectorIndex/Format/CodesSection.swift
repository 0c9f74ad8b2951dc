import CKernels
import ChromaModel

/// Section 16: how rows were quantised, and their codes.
struct CodesSection: @unchecked Sendable {
    // Safe to share: the pointer leads into the sections' bytes, which the index keeps.
    let quantiser: Quantiser
    /// Rows of codes: one a row of the segment, or one a node of the graph.
    let count: Int
    let codes: UnsafePointer<UInt8>
    let strideBytes: Int
    /// The greatest error and the greatest length of all rows.
    let errorMax: Float
    let lengthMax: Float

    private static let spaces: [DistanceSpace] = [.l2, .cosine, .ip]
    private static let dimensionMax = 1 << 16

    static func bytes(_ quantiser: Quantiser, count: Int, codes: Block<UInt8>) -> [UInt8] {
        var builder = SectionBuilder(reservingBytes: codes.count + quantiser.elements * 4 + 128)
        builder.append(quantiser.mean)
        builder.append(codes)
        return builder.finish(
            magic: IndexFormat.codesMagic,
            IndexHeader([
                IndexFormat.version, UInt32(quantiser.bits.rawValue),
                UInt32(spaces.firstIndex(of: quantiser.space) ?? 0), UInt32(quantiser.dimension),
                UInt32(count), UInt32(quantiser.strideBytes),
                UInt32(truncatingIfNeeded: quantiser.seed),
                UInt32(truncatingIfNeeded: quantiser.seed >> 32),
            ]))
    }

    init(_ section: UnsafeRawBufferPointer, of rows: VectorRows) throws(IndexDamage) {
        let header = try IndexHeader(section, magic: IndexFormat.codesMagic).fields
        guard let bits = CodeBits(rawValue: Int(header[1])), header[2] < 3,
            (1...Self.dimensionMax).contains(Int(header[3])), header[4] <= IndexFormat.rowsMax
        else { throw .corrupt("the header of the codes") }
        guard Self.spaces[Int(header[2])] == rows.space, Int(header[3]) == rows.dimension else {
            throw .mismatched("space or dimension")
        }
        let elements = bits.elements(dimension: rows.dimension)
        guard Int(header[5]) == bits.strideBytes(elements: elements) else {
            throw .corrupt("the stride of the codes")
        }
        var parts = SectionParts(section)
        let mean = Block<Float>(elements)
        let stored = try parts.take(elements, of: Float.self)
        for index in 0..<elements { mean[index] = stored[index] }
        count = Int(header[4])
        strideBytes = Int(header[5])
        let codes = try parts.take(count * strideBytes, of: UInt8.self)
        guard let start = codes.baseAddress else { throw .corrupt("no codes") }
        self.codes = start
        (errorMax, lengthMax) = Self.greatest(of: start, count: count, strideBytes)
        quantiser = Quantiser(
            space: rows.space, dimension: rows.dimension, bits: bits,
            seed: UInt64(header[6]) | UInt64(header[7]) << 32, mean: mean)
    }

    @inline(__always)
    func head(_ row: Int) -> tk_code_head {
        UnsafeRawPointer(codes + row * strideBytes).loadUnaligned(as: tk_code_head.self)
    }

    private static func greatest(
        of codes: UnsafePointer<UInt8>, count: Int, _ stride: Int
    ) -> (error: Float, length: Float) {
        var (error, length): (Float, Float) = (0, 0)
        for row in 0..<count {
            let head = UnsafeRawPointer(codes + row * stride)
                .loadUnaligned(as: tk_code_head.self)
            error = max(error, head.error)
            length = max(length, head.length)
        }
        return (error, length)
    }
}

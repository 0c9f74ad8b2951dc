import CKernels
import ChromaModel

/// A query in codes; reused from query to query by one searcher at a time.
final class QueryCodes {
    private let values: Block<Float>
    private let codes: Block<Int8>
    private(set) var query = tk_code_query()
    /// Distance = base + score, up to `slack`.
    private(set) var base: Float = 0
    /// The query's length, relative to the mean for l2.
    private(set) var length: Float = 0
    /// The length of what the query's codes leave out.
    private(set) var error: Float = 0

    var turned: UnsafeMutablePointer<Float> { values.start }

    init(elements: Int) {
        values = Block(elements)
        codes = Block(elements)
    }

    func encode(_ quantiser: Quantiser) {
        let (elements, mean) = (quantiser.elements, quantiser.mean.start)
        var (meanProduct, square): (Float, Float) = (0, 0)
        for index in 0..<elements {
            if quantiser.space == .l2 { values[index] -= mean[index] }
            meanProduct += values[index] * mean[index]
            square += values[index] * values[index]
        }
        var (scale, sum): (Float, Int64) = (0, 0)
        error = tk_encode_query(
            values.start, elements, codes.start, &scale, &sum, InstructionSet.best.rawValue)
        length = square.squareRoot()
        base = quantiser.space == .l2 ? square : 1 - meanProduct
        query.values = UnsafePointer(codes.start)
        query.elements = elements
        query.scale = scale
        query.offset = scale * Float(sum) * (quantiser.bits == .four ? 7.5 : 64)
    }
}

import CKernels
import TestSupport
import Testing
import VectorIndex

@Suite("Kernels over codes")
struct CodeKernelTests {
    static let sets = InstructionSet.allCases.filter(\.isAvailable)

    /// Rows of random codes behind random heads.
    private func rows(
        _ count: Int, codeBytes: Int, codes: ClosedRange<Int>, _ random: SeededRandom
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<count {
            for _ in 0..<4 {
                withUnsafeBytes(of: random.unitFloat()) { bytes.append(contentsOf: $0) }
            }
            for _ in 0..<codeBytes {
                bytes.append(UInt8(codes.lowerBound + random.below(codes.count)))
            }
        }
        return bytes
    }

    private func scores(
        _ set: InstructionSet, bits: Int, elements: Int, seed: UInt64, extreme: Bool
    ) -> ([Float], [Float]) {
        let random = SeededRandom(seed: seed)
        let codeBytes = elements * bits / 8
        let codeMax = bits == 4 ? 0xFF : 127
        let bytes = rows(
            9, codeBytes: codeBytes, codes: (extreme ? codeMax : 0)...codeMax, random)
        let values = (0..<elements).map { _ in
            extreme ? Int8(127) : Int8(random.below(255) - 127)
        }
        let places = (0..<20).map { _ in UInt32(random.below(9)) }
        var sequence = [Float](repeating: 0, count: 9)
        var gathered = [Float](repeating: 0, count: 20)
        values.withUnsafeBufferPointer { values in
            var query = tk_code_query(
                values: values.baseAddress, elements: elements, scale: 0.25, offset: 3)
            let level = set.rawValue
            (bits == 4 ? tk_codes4_rows(level) : tk_codes8_rows(level))?(
                &query, bytes, 16 + codeBytes, 9, &sequence)
            (bits == 4 ? tk_codes4_gather(level) : tk_codes8_gather(level))?(
                &query, bytes, 16 + codeBytes, places, 20, &gathered)
        }
        for (place, score) in zip(places, gathered) {
            #expect(score.bitPattern == sequence[Int(place)].bitPattern)
        }
        return (sequence, gathered)
    }

    @Test("every instruction set gives the portable scores, at the extremes too", arguments: sets)
    func agreesWithPortable(set: InstructionSet) {
        for (bits, dimensions) in [
            (4, [128, 256, 384, 512, 640, 1536]), (8, [64, 128, 192, 448]),
        ] {
            for elements in dimensions {
                for extreme in [false, true] {
                    let seed = UInt64(elements)
                    let ours = scores(
                        set, bits: bits, elements: elements, seed: seed, extreme: extreme)
                    let portable = scores(
                        .portable, bits: bits, elements: elements, seed: seed, extreme: extreme)
                    for (left, right) in zip(ours.0, portable.0) {
                        #expect(
                            abs(left - right) <= 1e-5 * abs(right) + 1e-2,
                            "\(bits) bits, \(elements) elements, extreme \(extreme)")
                    }
                }
            }
        }
    }

    @Test("products of every tile shape are the portable ones", arguments: sets)
    func products(set: InstructionSet) {
        for (rows, columns, stride) in [(1, 1, 64), (4, 2, 128), (7, 5, 192), (9, 4, 384)] {
            let random = SeededRandom(seed: UInt64(rows))
            let left = (0..<(rows * stride)).map { _ in
                rows == 4 ? UInt8(127) : UInt8(1 + random.below(127))
            }
            let right = (0..<(columns * stride)).map { _ in
                rows == 4 ? Int8(-63) : Int8(random.below(127) - 63)
            }
            var (ours, portable) = (
                [Int32](repeating: 0, count: rows * columns),
                [Int32](repeating: 0, count: rows * columns)
            )
            tk_products(set.rawValue)?(left, rows, right, columns, stride, &ours, columns)
            tk_products(0)?(left, rows, right, columns, stride, &portable, columns)
            #expect(ours == portable, "\(rows) x \(columns) x \(stride)")
        }
    }

    @Test("the nearest by products are those that sorting finds", arguments: sets)
    func nearest(set: InstructionSet) {
        for count in [1, 7, 8, 9, 31, 100, 257] {
            let random = SeededRandom(seed: UInt64(count))
            // Few values, so that ties are the rule.
            let products = (0..<count).map { _ in Int32(random.below(20)) * 50 }
            let squares = (0..<count).map { _ in Float(random.below(3)) }
            let scales = [Float](repeating: 0.01, count: count)
            let biases = [Int32](repeating: 3, count: count)
            let row = tk_row_scale(square: 2, scale: 0.5, bias: 0)
            let skip = random.below(count)
            for capacity in [1, 4, 24, 300] {
                var keys = [UInt64](repeating: 0, count: capacity)
                let found = tk_nearest(
                    products, count, row, squares, scales, biases, skip, capacity, &keys,
                    set.rawValue)
                let all = (0..<count).filter { $0 != skip }.map { index in
                    let product = 2 * (Float(0.5) * 0.01) * Float(products[index] - 3)
                    let distance = max(0, (2 + squares[index]) - product)
                    return UInt64(distance.bitPattern) << 32 | UInt64(index)
                }
                #expect(
                    keys.prefix(found) == all.sorted().prefix(capacity)[...],
                    "seed \(count), capacity \(capacity)")
            }
        }
    }

    @Test("places not above a bound are found, what is no number among them", arguments: sets)
    func notAbove(set: InstructionSet) {
        for count in [0, 1, 7, 8, 9, 64, 100] {
            let random = SeededRandom(seed: UInt64(count))
            let values = (0..<count).map { _ in
                [Float.nan, .infinity, -.infinity, 0.5, random.unitFloat()][random.below(5)]
            }
            var places = [UInt32](repeating: 0, count: count)
            let found = tk_not_above(values, count, 0.5, &places, set.rawValue)
            let expected = (0..<count).filter { !(values[$0] > 0.5) }.map { UInt32($0) }
            #expect(Array(places.prefix(found)) == expected, "seed \(count)")
        }
    }
}

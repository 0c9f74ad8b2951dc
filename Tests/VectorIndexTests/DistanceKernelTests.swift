import ChromaModel
import TestSupport
import Testing
import VectorIndex

@Suite("Distance kernels")
struct DistanceKernelTests {
    /// The instruction sets this machine runs.
    static let sets = InstructionSet.allCases.filter(\.isAvailable)
    static let dimensions = Array(1...130) + [384, 1536]
    static let rowCount = 7

    /// Rounding of a sum of n terms in f32 is below n · 2⁻²⁴ of the sum of absolute terms; the
    /// kernels add in several lanes and stay far below it.
    @Test("every instruction set agrees with Double", arguments: sets, DistanceSpace.allCases)
    func agreesWithDouble(set: InstructionSet, space: DistanceSpace) {
        let kernel = DistanceKernel(space, instructionSet: set)
        for dimension in Self.dimensions {
            let rows = RandomRows(
                count: Self.rowCount, dimension: dimension, seed: UInt64(dimension))
            let bound = Double(dimension + 8) * 0x1p-24
            for (row, distance) in rows.scored(kernel).enumerated() {
                let expected = rows.expected(space, row)
                #expect(
                    abs(Double(distance) - expected.distance) <= bound * expected.scale,
                    "dimension \(dimension), row \(row)")
            }
        }
    }

    @Test("gathered rows give the same bits as rows in sequence", arguments: sets)
    func gatherIsRows(set: InstructionSet) {
        for space in DistanceSpace.allCases {
            let kernel = DistanceKernel(space, instructionSet: set)
            for dimension in [1, 7, 16, 63, 64, 65, 384] {
                let random = SeededRandom(seed: UInt64(dimension))
                let rows = RandomRows(count: 20, dimension: dimension, seed: random.next())
                let all = rows.scored(kernel)
                let places = (0..<33).map { _ in UInt32(random.below(20)) }
                #expect(rows.gathered(kernel, places) == places.map { all[Int($0)] })
            }
        }
    }

    @Test("a row is at distance 0 from itself in l2, and 0 up to rounding in cosine")
    func selfDistance() {
        let rows = RandomRows(count: 1, dimension: 384, seed: 3)
        guard let query = PreparedQuery(.rows([rows.values]), row: 0) else { return }
        var out: Float = .nan
        for (space, bound) in [(DistanceSpace.l2, Float(0)), (.cosine, 1e-6)] {
            DistanceKernel(space).score(
                query, rows: rows.values, count: 1, inverseNorms: rows.inverseNorms, into: &out)
            #expect(abs(out) <= bound)
        }
    }

    @Test("a zero vector has cosine distance 1 to everything, itself included")
    func zeroVector() {
        let zero = [Float](repeating: 0, count: 3)
        let norm = zero.withUnsafeBufferPointer { DistanceKernel.inverseNorm($0) }
        #expect(norm == 0)
        var out: Float = .nan
        for query in [zero, [1, 2, 3]] {
            guard let prepared = PreparedQuery(.rows([query]), row: 0) else { continue }
            DistanceKernel(.cosine).score(
                prepared, rows: zero, count: 1, inverseNorms: [norm], into: &out)
            #expect(out == 1)
        }
    }

    @Test("an absent or empty row prepares no query")
    func absentQuery() {
        #expect(PreparedQuery(.rows([nil, [1]]), row: 0) == nil)
        #expect(PreparedQuery(.rows([nil, [1]]), row: 1) != nil)
        #expect(PreparedQuery(.rows([[]]), row: 0) == nil)
    }
}

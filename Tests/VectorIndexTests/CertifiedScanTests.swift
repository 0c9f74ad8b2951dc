import ChromaModel
import TestSupport
import Testing
import VectorIndex

@Suite("Scans of codes with bounds")
struct CertifiedScanTests {
    private func check(_ set: VectorSet, _ what: String) throws {
        let index = try set.index(.codes)
        let random = SeededRandom(seed: 5)
        var some = RowBitmap(rowCount: set.count)
        for row in 0..<set.count where random.below(3) == 0 { some.insert(row) }
        for (number, query) in set.queries.enumerated() {
            for allowed in [nil, some] {
                for count in [1, 10, set.count + 5] {
                    let answer = index.search(query, count: count, among: allowed, by: .certified)
                    let truth = set.exact(query, count, among: allowed)
                    #expect(
                        answer.rows.map(\.row) == truth.map(\.row)
                            && answer.rows.map(\.distance) == truth.map(\.distance),
                        "\(what), \(set.space), query \(number), count \(count)")
                    #expect(answer.isExact)
                }
            }
        }
    }

    @Test("they find exactly what scoring every row finds", arguments: DistanceSpace.allCases)
    func exact(space: DistanceSpace) throws {
        for dimension in Array(1...17) + [64, 100, 130, 384] {
            let (rows, queries) = Distributions.clustered(
                300, 6, dimension: dimension, seed: UInt64(dimension))
            try check(VectorSet(space, rows, queries: queries), "dimension \(dimension)")
        }
    }

    @Test("rows of any kind keep them exact", arguments: DistanceSpace.allCases)
    func degenerate(space: DistanceSpace) throws {
        for (name, rows) in DegenerateRows.all {
            let queries = [rows[0], rows[rows.count / 2], rows[0].map { $0 + 0.25 }]
                .filter { $0.allSatisfy(\.isFinite) }
            try check(VectorSet(space, rows, queries: queries), name)
        }
    }

    @Test("few rows are searched raw")
    func small() throws {
        #expect(SizeClass(rows: 1_000, dimension: 384) == .raw)
        #expect(SizeClass(rows: 2_000, dimension: 384) == .codes)
        #expect(SizeClass(rows: 20_000, dimension: 384) == .codes)
        #expect(SizeClass(rows: 100_000, dimension: 384) == .graph)
        let set = VectorSet(
            .l2, Distributions.uniform(50, dimension: 8, seed: 1), queries: [[Float]]())
        #expect(try IndexBuilder(set.rows).build() == nil)
    }
}

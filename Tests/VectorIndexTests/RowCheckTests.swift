import ChromaModel
import Testing
import VectorIndex

@Suite("Rows that are checked when they are first touched")
struct RowCheckTests {
    private static let dimension = 48

    /// Rows that are zeros until a search asks for them.
    private final class HiddenRows: RowCheck, @unchecked Sendable {
        // Safe to share: one search at a time.
        private let truth: [[Float]]
        private let values: UnsafeMutablePointer<Float>
        private let norms: UnsafeMutablePointer<Float>
        private(set) var shown: Set<UInt32> = []
        /// Rows that are never shown.
        var damaged: Set<UInt32> = []

        init(_ rows: [[Float]]) {
            truth = rows
            values = .allocate(capacity: rows.count * dimension)
            values.initialize(repeating: 0, count: rows.count * dimension)
            norms = .allocate(capacity: rows.count)
            norms.initialize(repeating: 1, count: rows.count)
        }

        deinit {
            values.deallocate()
            norms.deallocate()
        }

        func areWhole(_ rows: UnsafeBufferPointer<UInt32>) -> Bool {
            guard damaged.isDisjoint(with: rows) else { return false }
            for row in rows {
                shown.insert(row)
                for (place, value) in truth[Int(row)].enumerated() {
                    values[Int(row) * dimension + place] = value
                }
            }
            return true
        }

        var rows: VectorRows {
            VectorRows(
                space: .l2, dimension: dimension, count: truth.count, values: values,
                inverseNorms: norms, owner: self, check: self)
        }
    }

    @Test(
        "no search reads a row before it asked for it, and one that is refused a row is of no use",
        arguments: [SizeClass.codes, .graph], [1.0, 0.3, 0.01])
    func asked(sizeClass: SizeClass, share: Double) throws {
        let (rows, queries) = Distributions.clustered(
            3_000, 8, dimension: Self.dimension, seed: 31)
        let set = VectorSet(.l2, rows, queries: queries)
        var options = IndexBuilder.Options()
        options.sizeClass = sizeClass
        let built = try #require(try IndexBuilder(set.rows, options: options).build())
        var allowed = RowBitmap(rowCount: rows.count)
        for row in stride(from: 0, to: Double(rows.count), by: 1 / share) {
            allowed.insert(Int(row))
        }
        func answer(to query: PreparedQuery, from rows: VectorRows) throws -> EmbeddingIndex.Answer
        {
            try EmbeddingIndex(IndexSections(built), of: rows)
                .search(query, count: 10, among: share < 1 ? allowed : nil)
        }
        for query in set.queries {
            let expected = try answer(to: query, from: set.rows)
            let hidden = HiddenRows(rows)
            let found = try answer(to: query, from: hidden.rows)
            #expect(expected.isWhole && found.isWhole)
            #expect(found.rows.map(\.row) == expected.rows.map(\.row))
            #expect(found.rows.map(\.distance) == expected.rows.map(\.distance))
            let last = HiddenRows(rows)
            last.damaged = Set(hidden.shown.sorted().suffix(1))
            #expect(try !answer(to: query, from: last.rows).isWhole, "\(last.damaged)")
        }
    }
}

import ChromaModel
import TestSupport
import Testing
import VectorIndex

@Suite("Searches of a graph")
struct GraphRecallTests {
    /// What the recall of a build promises, less what two hundred queries can be off by.
    private static let recallMin = 0.97

    @Test("clustered rows are found", arguments: DistanceSpace.allCases)
    func clustered(space: DistanceSpace) throws {
        let (rows, queries) = Distributions.clustered(2_500, 100, dimension: 48, seed: 11)
        let set = VectorSet(space, rows, queries: queries)
        let index = try set.index(.graph)
        #expect(set.recall(of: index) >= Self.recallMin)
        #expect(set.recall(of: index, 1) >= Self.recallMin)
        #expect(set.recall(of: index, 50) >= Self.recallMin)
    }

    @Test("real text is found, with four bits a dimension")
    func text() throws {
        let (rows, queries) = try Distributions.text(2_500, 100, dimension: 160)
        let set = VectorSet(.cosine, rows, queries: queries)
        let index = try set.index(.graph)
        #expect(set.recall(of: index) >= Self.recallMin)
    }

    @Test("greatest inner products are found among rows of very different length")
    func lengths() throws {
        let random = SeededRandom(seed: 12)
        var (rows, queries) = Distributions.clustered(2_500, 100, dimension: 40, seed: 13)
        rows = rows.map { row in
            let factor = 0.2 + 3 * abs(random.unitFloat())
            return row.map { $0 * factor }
        }
        queries = queries.map { $0.map { $0 - 0.3 } }
        let set = VectorSet(.ip, rows, queries: queries)
        #expect(set.recall(of: try set.index(.graph)) >= Self.recallMin)
    }

    @Test("distances are those of the exact scan, nearest first, no row twice")
    func distances() throws {
        let (rows, queries) = Distributions.clustered(3_000, 20, dimension: 32, seed: 14)
        let set = VectorSet(.l2, rows, queries: queries)
        let index = try set.index(.graph)
        for query in set.queries {
            let truth = set.exact(query, set.count)
            let distances = Dictionary(uniqueKeysWithValues: truth.map { ($0.row, $0.distance) })
            let answer = index.search(query, count: 30)
            #expect(!answer.isExact)
            #expect(answer.rows.count == 30)
            #expect(Set(answer.rows.map(\.row)).count == 30)
            #expect(answer.rows.allSatisfy { distances[$0.row] == $0.distance })
            #expect(
                zip(answer.rows, answer.rows.dropFirst()).allSatisfy {
                    $0.distance <= $1.distance
                })
        }
    }

    @Test(
        "rows of any kind are found as often as they are there",
        arguments: DistanceSpace.allCases)
    func degenerate(space: DistanceSpace) throws {
        for (name, rows) in DegenerateRows.all {
            let queries = [rows[0], rows[350], rows[699], rows[20].map { $0 * 1.1 }]
            let set = VectorSet(space, rows, queries: queries)
            let index = try set.index(.graph)
            #expect(set.recall(of: index) >= 0.9, "\(name), \(space)")
            for query in set.queries {
                let answer = index.search(query, count: 40)
                #expect(answer.rows.count == 40, "\(name), \(space)")
                #expect(Set(answer.rows.map(\.row)).count == answer.rows.count, "\(name)")
            }
        }
    }

    @Test("graphs of any dimension can be built", arguments: Array(1...17) + [127, 128, 129])
    func dimensions(dimension: Int) throws {
        let rows = Distributions.uniform(600, dimension: dimension, seed: UInt64(dimension))
        let set = VectorSet(.l2, rows, queries: Array(rows.prefix(20)))
        #expect(set.recall(of: try set.index(.graph)) >= 0.95)
    }

    @Test("rows too long to be compared in codes get no graph")
    func tooLong() throws {
        let rows = Distributions.uniform(100, dimension: 8, seed: 1).map { $0.map { $0 * 1e30 } }
        var options = IndexBuilder.Options()
        options.sizeClass = .graph
        let set = VectorSet(.l2, rows, queries: [[Float]]())
        #expect(try IndexBuilder(set.rows, options: options).build() == nil)
    }

    @Test("asking for more rows than there are gives them all")
    func everything() throws {
        let rows = Distributions.uniform(500, dimension: 8, seed: 2)
        let set = VectorSet(.cosine, rows, queries: [rows[3]])
        let answer = try set.index(.graph).search(set.queries[0], count: .max)
        #expect(answer.rows.map(\.row) == set.exact(set.queries[0], 500).map(\.row))
    }
}

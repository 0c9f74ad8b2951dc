import ChromaModel
import TestSupport
import Testing
import VectorIndex

@Suite("Filtered searches")
struct FilteredSearchTests {
    static let shares = [0.5, 0.1, 0.01, 0.001]

    private func set() -> VectorSet {
        let (rows, queries) = Distributions.clustered(4_000, 40, dimension: 48, seed: 21)
        return VectorSet(.cosine, rows, queries: queries)
    }

    private func random(_ share: Double, of count: Int) -> RowBitmap {
        let random = SeededRandom(seed: 22)
        var allowed = RowBitmap(rowCount: count)
        for row in 0..<count where Double(random.below(100_000)) < share * 100_000 {
            allowed.insert(row)
        }
        return allowed
    }

    /// The rows farthest along a direction: most queries lie outside.
    private func correlated(_ share: Double, of set: VectorSet) -> RowBitmap {
        let truth = set.exact(set.queries[0], set.count)
        var allowed = RowBitmap(rowCount: set.count)
        for candidate in truth.suffix(max(1, Int(share * Double(set.count)))) {
            allowed.insert(Int(candidate.row))
        }
        return allowed
    }

    private func check(_ set: VectorSet, _ index: EmbeddingIndex, _ allowed: RowBitmap) {
        #expect(set.recall(of: index, among: allowed) >= 0.97, "\(allowed.count) rows")
        for query in set.queries.prefix(5) {
            let answer = index.search(query, count: 10, among: allowed)
            #expect(answer.rows.count == min(10, allowed.count))
            #expect(answer.rows.allSatisfy { allowed.contains(Int($0.row)) })
        }
    }

    @Test("every share of rows is found, at random and all on one side")
    func planned() throws {
        let set = set()
        let index = try set.index(.graph)
        for share in Self.shares {
            check(set, index, random(share, of: set.count))
            check(set, index, correlated(share, of: set))
        }
    }

    @Test(
        "every way through the graph finds the allowed rows, or gives up and takes another",
        arguments: [
            SearchPlan.filteredGraph(breadth: 80, reranked: 20),
            .collect(breadth: 80, reranked: 20),
        ])
    func walked(plan: SearchPlan) throws {
        let set = set()
        let index = try set.index(.graph)
        for allowed in Self.shares.flatMap({
            [random($0, of: set.count), correlated($0, of: set)]
        }) {
            var (found, all) = (0, 0)
            for query in set.queries {
                let truth = set.exact(query, 10, among: allowed)
                let answer = index.search(query, count: 10, among: allowed, by: plan)
                found += answer.rows.count { $0.distance <= truth.last?.distance ?? 0 }
                all += truth.count
                #expect(answer.rows.allSatisfy { allowed.contains(Int($0.row)) })
                #expect(answer.rows.count == truth.count)
            }
            #expect(Double(found) >= 0.95 * Double(all), "\(allowed.count) rows")
        }
    }

    @Test("few allowed rows are searched exactly")
    func exact() throws {
        let set = set()
        let index = try set.index(.graph)
        let allowed = random(0.01, of: set.count)
        for query in set.queries {
            let answer = index.search(query, count: 10, among: allowed)
            #expect(answer.isExact)
            #expect(answer.rows.map(\.row) == set.exact(query, 10, among: allowed).map(\.row))
        }
    }

    private struct Stopped: StopSignal {
        let isSet: Bool
    }

    @Test(
        "a search that is to stop scores nothing more, whatever its plan",
        arguments: [
            SearchPlan.raw, .codes(reranked: 20), .graph(breadth: 80, reranked: 20),
            .collect(breadth: 80, reranked: 20), .filteredGraph(breadth: 80, reranked: 20),
        ])
    func stopped(plan: SearchPlan) throws {
        let set = set()
        let index = try set.index(.graph)
        for allowed in [nil, random(0.5, of: set.count)] {
            let found = [false, true].map {
                index.search(
                    set.queries[0], count: 10, among: allowed, by: plan,
                    stoppedBy: Stopped(isSet: $0)
                ).rows.count
            }
            #expect(found == [10, 0])
        }
    }

    @Test("a deleted duplicate does not hide the others")
    func duplicates() throws {
        var rows = Distributions.uniform(1_000, dimension: 16, seed: 23)
        for row in 100..<160 { rows[row] = rows[100] }
        let set = VectorSet(.l2, rows, queries: [rows[100]])
        let index = try set.index(.graph)
        var allowed = RowBitmap(allOf: rows.count)
        allowed.remove(100)
        allowed.remove(101)
        for plan in [
            SearchPlan.graph(breadth: 64, reranked: 20), .codes(reranked: 60), .raw,
            .filteredGraph(breadth: 64, reranked: 20), .collect(breadth: 64, reranked: 20),
        ] {
            let answer = index.search(set.queries[0], count: 5, among: allowed, by: plan)
            #expect(answer.rows.map(\.row) == [102, 103, 104, 105, 106], "\(plan)")
        }
    }

    @Test("nothing allowed finds nothing")
    func none() throws {
        let set = set()
        let index = try set.index(.graph)
        let answer = index.search(
            set.queries[0], count: 3, among: RowBitmap(rowCount: set.count))
        #expect(answer.rows.isEmpty)
    }
}

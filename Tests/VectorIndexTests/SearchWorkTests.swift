import ChromaModel
import TestSupport
import Testing

@testable import VectorIndex

@Suite("How much a search reads")
struct SearchWorkTests {
    private let set: VectorSet

    init() {
        let (rows, queries) = Distributions.clustered(6_000, 40, dimension: 96, seed: 31)
        set = VectorSet(.l2, rows, queries: queries)
    }

    @Test("codes are read in less than floats, and a graph in less than codes")
    func plans() throws {
        let (codes, graph) = (try set.index(.codes), try set.index(.graph))
        let raw = SearchWork.floats(rows: set.count, dimension: set.dimension)
        #expect(codes.work(count: 10) < raw)
        #expect(graph.work(count: 10) <= codes.work(count: 10))
        #expect(graph.work(count: 10) < graph.work(count: 100))
    }

    @Test("of a graph few missing rows cost little more, many a scan at worst")
    func missing() throws {
        let set = set.rows
        func work(_ plan: SearchPlan, _ available: Int) -> SearchWork {
            SearchWork(plan, rows: set, graph: nil, available: available)
        }
        let walk = SearchPlan.graph(breadth: 100, reranked: 20)
        let collect = SearchPlan.collect(breadth: 100, reranked: 20)
        #expect(work(collect, 5_500) == work(walk, 6_000))
        let scan = SearchWork.gathered(rows: 5_000, dimension: set.dimension)
        #expect(work(collect, 5_000) == work(walk, 6_000) + scan)
        #expect(work(.filteredGraph(breadth: 100, reranked: 20), 5_000) > scan)
    }
}

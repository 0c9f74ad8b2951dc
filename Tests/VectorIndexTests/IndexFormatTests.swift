import ChromaModel
import TestSupport
import Testing
import VectorIndex

@Suite("The bytes of an index")
struct IndexFormatTests {
    private let set: VectorSet
    private let built: BuiltIndex

    init() throws {
        var rows = Distributions.uniform(300, dimension: 12, seed: 41)
        for row in 50..<60 { rows[row] = rows[50] }
        rows[70][1] = .infinity
        set = VectorSet(.l2, rows, queries: Array(rows.prefix(4)))
        var options = IndexBuilder.Options()
        options.sizeClass = .graph
        built = try #require(try IndexBuilder(set.rows, options: options).build())
    }

    private func open(_ codes: [UInt8], _ graph: [UInt8]?) throws(IndexDamage) -> EmbeddingIndex {
        let sections = IndexSections(
            BuiltIndex(codes: codes, graph: graph, measuredRecall: nil))
        return try EmbeddingIndex(sections, of: set.rows)
    }

    @Test("what was built opens")
    func opens() throws {
        let index = try open(built.codes, built.graph)
        #expect(set.recall(of: index) >= 0.97)
    }

    @Test("a changed byte anywhere is refused")
    func flips() throws {
        let graph = try #require(built.graph)
        let random = SeededRandom(seed: 42)
        let places = Array(0..<160) + (0..<400).map { _ in random.below(1 << 30) }
        for place in places {
            var bytes = built.codes
            bytes[place % bytes.count] ^= UInt8(1 << random.below(8))
            #expect(throws: IndexDamage.self, "codes, seed 42, byte \(place % bytes.count)") {
                try open(bytes, graph)
            }
            bytes = graph
            bytes[place % bytes.count] ^= UInt8(1 << random.below(8))
            #expect(throws: IndexDamage.self, "graph, seed 42, byte \(place % bytes.count)") {
                try open(built.codes, bytes)
            }
        }
    }

    @Test("a section cut anywhere is refused")
    func truncated() throws {
        let graph = try #require(built.graph)
        for length in [0, 1, 8, 127, 128, 129, 500] {
            #expect(throws: IndexDamage.self) { try open(Array(built.codes.prefix(length)), graph) }
            #expect(throws: IndexDamage.self) { try open(built.codes, Array(graph.prefix(length))) }
        }
    }

    /// Words changed at random, with sums that fit: what passes for an index must do no harm.
    @Test("a forged section is refused or searched without harm")
    func forged() throws {
        let graph = try #require(built.graph)
        let random = SeededRandom(seed: 43)
        for _ in 0..<300 {
            let inGraph = random.below(3) > 0
            var bytes = inGraph ? graph : built.codes
            let inHeader = random.below(2) == 0
            let word = inHeader ? 2 + random.below(10) : 32 + random.below(bytes.count / 4 - 32)
            let value = [0, 1, 299, 300, .max, 1 << 31, UInt32(random.next() >> 32)][
                random.below(7)]
            bytes.replace(word: word, with: value)
            bytes.fixSums()
            guard let index = try? open(inGraph ? built.codes : bytes, inGraph ? bytes : graph)
            else { continue }
            for query in set.queries {
                let answer = index.search(query, count: 10)
                #expect(answer.rows.allSatisfy { $0.row < 300 })
                var allowed = RowBitmap(allOf: 300)
                allowed.remove(3)
                for plan in [
                    SearchPlan.filteredGraph(breadth: 40, reranked: 20), .codes(reranked: 20),
                    .graph(breadth: 40, reranked: 40), .collect(breadth: 40, reranked: 20),
                ] {
                    _ = index.search(query, count: 10, among: allowed, by: plan)
                }
            }
        }
    }

    @Test("an index of other rows is refused")
    func mismatched() throws {
        let other = VectorSet(
            .l2, Distributions.uniform(299, dimension: 12, seed: 1), queries: [[Float]]())
        let sections = IndexSections(built)
        #expect(throws: IndexDamage.self) { try EmbeddingIndex(sections, of: other.rows) }
    }

    @Test("codes without a graph open only as what they are")
    func withoutGraph() {
        #expect(throws: IndexDamage.self) { try open(built.codes, nil) }
    }
}

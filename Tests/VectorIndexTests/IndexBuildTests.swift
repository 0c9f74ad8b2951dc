import ChromaModel
import Synchronization
import TestSupport
import Testing
import VectorIndex

@Suite("Building an index")
struct IndexBuildTests {
    private func set() -> VectorSet {
        let (rows, queries) = Distributions.clustered(1_800, 10, dimension: 24, seed: 31)
        return VectorSet(.l2, rows, queries: queries)
    }

    private func build(_ set: VectorSet, seed: UInt64, threads: Int) throws -> BuiltIndex {
        var options = IndexBuilder.Options()
        options.sizeClass = .graph
        options.seed = seed
        options.threads = threads
        return try #require(try IndexBuilder(set.rows, options: options).build())
    }

    @Test("the same seed gives the same bytes, on one thread or several")
    func deterministic() throws {
        let set = set()
        let first = try build(set, seed: 9, threads: 1)
        for threads in [1, 3] {
            let again = try build(set, seed: 9, threads: threads)
            #expect(first.codes == again.codes && first.graph == again.graph)
        }
        #expect(first.graph != (try build(set, seed: 10, threads: 1)).graph)
    }

    @Test("the recall it measured is what was asked for")
    func measured() throws {
        let built = try build(set(), seed: 1, threads: 2)
        #expect(try #require(built.measuredRecall) >= 0.98)
    }

    @Test("a graph that never finds enough is not walked: all codes are scanned")
    func scanned() throws {
        let set = set()
        var options = IndexBuilder.Options()
        options.sizeClass = .graph
        options.recallMin = 1.1
        let built = try #require(try IndexBuilder(set.rows, options: options).build())
        let index = try EmbeddingIndex(IndexSections(built), of: set.rows)
        for query in set.queries {
            guard case .codes = index.search(query, count: 10).plan else {
                Issue.record("the graph was walked")
                continue
            }
        }
        #expect(set.recall(of: index) >= 0.98)
    }

    @Test("it can be cancelled at any step", arguments: [0, 1, 5, 20, 40])
    func cancelled(after asked: Int) throws {
        let set = set()
        let count = Asked()
        var options = IndexBuilder.Options()
        options.sizeClass = .graph
        let builder = IndexBuilder(
            set.rows, options: options,
            isCancelled: { count.value.wrappingAdd(1, ordering: .relaxed).oldValue >= asked })
        #expect(throws: CancellationError.self) { try builder.build() }
    }

    private final class Asked: Sendable {
        let value = Atomic(0)
    }

    @Test("progress rises to the end")
    func progress() throws {
        let set = set()
        let seen = Seen()
        var options = IndexBuilder.Options()
        options.sizeClass = .graph
        let builder = IndexBuilder(
            set.rows, options: options,
            progress: { part in seen.parts.withLock { $0.append(part) } })
        _ = try builder.build()
        let parts = seen.parts.withLock { $0 }
        #expect(parts.last == 1)
        #expect(zip(parts, parts.dropFirst()).allSatisfy { $0 <= $1 })
    }

    private final class Seen: Sendable {
        let parts = Mutex<[Double]>([])
    }
}

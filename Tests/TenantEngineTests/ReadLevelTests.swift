import ChromaModel
import TestSupport
import Testing

@testable import TenantEngine

@Suite("Read levels")
struct ReadLevelTests {
    private func counts(_ engine: EngineFixture, _ id: CollectionID) async throws -> [Int] {
        var counts: [Int] = []
        for level in [ReadLevel.indexOnly, .indexAndBoundedLog, .indexAndLog] {
            counts.append(try await engine.host.count(id, at: level, in: engine.scope))
        }
        return counts
    }

    private func names(_ range: Range<Int>) -> [String] { range.map { "r\($0)" } }

    @Test("the index is the last seal exactly; the bounded log ends at its bound")
    func levels() async throws {
        let engine = try await EngineFixture()
        let id = try await engine.create("books")
        try await engine.upsert(names(0..<10), to: id)
        #expect(try await counts(engine, id) == [0, 10, 10])
        try await engine.seal()
        #expect(try await counts(engine, id) == [10, 10, 10])
        try await engine.delete(names(0..<4), from: id)
        #expect(try await counts(engine, id) == [10, 6, 6])
        try await engine.upsert(names(100..<300), to: id)
        #expect(try await counts(engine, id) == [10, 206, 206])
        // 4 + 200 operations so far: these 47 go past the bound of 250.
        try await engine.upsert(names(300..<347), to: id)
        try await engine.upsert(names(347..<350), to: id)
        #expect(try await counts(engine, id) == [10, 206, 256])
        await engine.restart()
        #expect(try await counts(engine, id) == [10, 206, 256])
        try await engine.seal()
        #expect(try await counts(engine, id) == [256, 256, 256])
        await engine.restart()
        #expect(try await counts(engine, id) == [256, 256, 256])
        await engine.close()
    }

    @Test("a fork sees its source's index until its own seal")
    func forks() async throws {
        let engine = try await EngineFixture()
        let source = try await engine.create("source")
        try await engine.upsert(names(0..<3), to: source)
        try await engine.seal()
        try await engine.upsert(names(3..<5), to: source)
        let fork = try await engine.host.forkCollection(
            source, as: CollectionName("fork"), in: engine.scope
        ).id
        try await engine.delete(["r0"], from: fork)
        #expect(try await counts(engine, fork) == [3, 4, 4])
        #expect(try await counts(engine, source) == [3, 5, 5])
        try await engine.seal()
        #expect(try await counts(engine, fork) == [4, 4, 4])
        #expect(try await counts(engine, source) == [5, 5, 5])
        await engine.close()
    }
}

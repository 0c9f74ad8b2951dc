import ChromaModel
import TestSupport
import Testing

@Suite("What a collection knows of its writes")
struct WriteHistoryTests {
    @Test("operations count with or without an effect, and are indexed by a seal, not by a write")
    func operations() async throws {
        let engine = try await EngineFixture()
        let id = try await engine.create("books")
        try await engine.upsert(["a", "b"], to: id)
        try await engine.upsert(["a", "c"], to: id)
        try await engine.delete(["b", "nowhere"], from: id)
        let before = try await engine.state(id)
        #expect(before.written.operations == 6)
        #expect(before.indexed.operations == 0)
        #expect(before.version == 0)
        try await engine.seal()
        let after = try await engine.state(id)
        #expect(after.indexed == before.written)
        #expect(after.version == 1)
        #expect(after.logPosition == 7)
        await engine.close()
    }

    @Test("deletions alone raise the version too; a seal of nothing new does not")
    func deletions() async throws {
        let engine = try await EngineFixture()
        let id = try await engine.create("books")
        let other = try await engine.create("other")
        try await engine.upsert(["a", "b"], to: id)
        try await engine.seal()
        try await engine.delete(["a"], from: id)
        try await engine.seal()
        try await engine.seal()
        #expect(try await engine.state(id).version == 2)
        #expect(try await engine.state(other).version == 0)
        await engine.close()
    }

    @Test("keys and counts are the same after a restart, from the log and from a checkpoint")
    func restarts() async throws {
        let engine = try await EngineFixture()
        let id = try await engine.create("books")
        try await engine.upsert(["a"], key: "first", to: id)
        try await engine.seal()
        try await engine.upsert(["b"], key: "second", to: id)
        let before = try await engine.state(id)
        #expect(before.written.keyTypes.types.keys.map(\.value).sorted() == ["first", "second"])
        #expect(before.indexed.keyTypes.types.keys.map(\.value) == ["first"])
        await engine.restart()
        let after = try await engine.state(id)
        #expect(after.written == before.written)
        #expect(after.indexed == before.indexed)
        await engine.close()
    }
}

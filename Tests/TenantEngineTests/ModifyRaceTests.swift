import ChromaModel
import TestSupport
import Testing

@testable import TenantEngine

@Suite("Changes made from what was read")
struct ModifyRaceTests {
    @Test("a change made from settings that are gone is refused, and nothing of it applied")
    func stale() async throws {
        let engine = try await EngineFixture()
        let id = try await engine.create("books")
        let read = try await engine.state(id).settings
        var mine = read
        mine.configurationJSON = "mine"
        let change = CollectionChange(settings: mine, expectedSettings: read)
        try await engine.host.modifyCollection(id, change, in: engine.scope)
        var its = read
        its.configurationJSON = "its"
        let late = CollectionChange(
            name: CollectionName("renamed"), settings: its, expectedSettings: read)
        let refusal = await #expect(throws: ServiceError.self) {
            try await engine.host.modifyCollection(id, late, in: engine.scope)
        }
        #expect(refusal?.code == .aborted)
        #expect(try await engine.state(id).settings == mine)
        #expect(try await engine.state(id).name == CollectionName("books"))
        await engine.close()
    }
}

import Access
import ChromaModel
import TestSupport
import Testing

@testable import TenantEngine

@Suite("A scope that shows some collections only")
struct NarrowScopeTests {
    private func refusal(_ body: () async throws -> Void) async -> ServiceError? {
        await #expect(throws: ServiceError.self) { try await body() }
    }

    @Test("every door answers for a hidden collection as for none")
    func hidden() async throws {
        let engine = try await EngineFixture()
        let id = try await engine.create("books")
        try await engine.upsert(["a"], to: id)
        let narrow = try await engine.narrowed(to: "team-*")
        let host = engine.host
        let all = RecordSelection(ids: [RecordID("a")])
        let embeddings = RecordBatch(ids: [RecordID("b")], embeddings: .rows([[1]]))
        let doors: [() async throws -> Void] = [
            { _ = try await host.collection(id: id, in: narrow) },
            { _ = try await host.forkCount(id, in: narrow) },
            { _ = try await host.count(id, in: narrow) },
            { _ = try await host.get(GetRequest(selection: all), from: id, in: narrow) },
            { _ = try await host.get(GetRequest(selection: all), asOf: nil, from: id, in: narrow) },
            { _ = try await host.delete(all, limit: nil, from: id, in: narrow) },
            { _ = try await host.delete(RecordSelection(), limit: nil, from: id, in: narrow) },
            { try await host.write(embeddings, as: .upsert, to: id, in: narrow) },
            { try await host.write(RecordBatch(ids: []), as: .upsert, to: id, in: narrow) },
            { try await host.modifyCollection(id, CollectionChange(), in: narrow) },
            { _ = try await host.forkCollection(id, as: CollectionName("team-b"), in: narrow) },
            {
                let change = RecordTransaction(
                    readToken: nil, readIDs: [], changes: [.write(.upsert, embeddings)])
                _ = try await host.commit(change, to: id, in: narrow)
            },
        ]
        for (place, door) in doors.enumerated() {
            let error = await refusal(door)
            #expect(error?.message == ServiceError.noCollection(id: "\(id)").message, "\(place)")
        }
        let name = CollectionName("books")
        let byName = ServiceError.noCollection(name: "books").message
        #expect(
            await refusal { _ = try await host.collection(named: name, in: narrow) }?.message
                == byName)
        #expect(
            await refusal { try await host.deleteCollection(named: name, in: narrow) }?.message
                == byName)
        #expect(try await engine.ids(id) == ["a"])
        await engine.close()
    }

    @Test("lists and counts show what fits, and pages are cut from that")
    func lists() async throws {
        let engine = try await EngineFixture()
        for name in ["team-a", "books", "team-b", "team-c"] { _ = try await engine.create(name) }
        let narrow = try await engine.narrowed(to: "team-*")
        #expect(try await engine.host.countCollections(in: narrow) == 3)
        let page = try await engine.host.listCollections(in: narrow, offset: 1, limit: 1)
        #expect(page.map(\.name.value) == ["team-b"])
        await engine.close()
    }

    @Test("nobody makes, renames or forks to a name that they couldn't see")
    func naming() async throws {
        let engine = try await EngineFixture()
        let host = engine.host
        let narrow = try await engine.narrowed(to: "team-*")
        let made = try await host.createCollection(
            EngineFixture.draft("team-a"), getOrCreate: false, in: narrow)
        let books = CollectionName("books")
        var rename = CollectionChange()
        rename.name = books
        let attempts: [() async throws -> Void] = [
            {
                _ = try await host.createCollection(
                    EngineFixture.draft("books"), getOrCreate: true, in: narrow)
            },
            { [rename] in try await host.modifyCollection(made.id, rename, in: narrow) },
            { _ = try await host.forkCollection(made.id, as: books, in: narrow) },
        ]
        for attempt in attempts {
            #expect(await refusal(attempt)?.code == .permissionDenied)
        }
        #expect(try await host.countCollections(in: engine.scope) == 1)
        await engine.close()
    }
}

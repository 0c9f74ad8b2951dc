import Access
import ChromaModel
import TestSupport
import Testing

@testable import TenantEngine

@Suite("Collections")
struct CollectionTests {
    private let world: EngineWorld

    init() async throws { world = try await EngineWorld() }

    private func names(in scope: DatabaseScope? = nil) async throws -> [String] {
        try await world.host.listCollections(in: scope ?? world.scope, offset: 0, limit: nil)
            .map(\.name.value)
    }

    @Test("a new one is empty, has no dimension and is what was asked for")
    func create() async throws {
        let metadata = Metadata(from: ["k": .strings(["a"])])
        let made = try await world.createCollection("new", space: .cosine, metadata: metadata)
        let found = try await world.host.collection(id: made.id, in: world.scope)
        #expect(found.name == CollectionName("new") && found.metadata == metadata)
        #expect(found.settings.space == .cosine && found.dimension == nil)
        #expect(found.logPosition == 0 && found.version == 0)
        #expect(try await world.host.count(made.id, in: world.scope) == 0)
        await world.host.close()
    }

    @Test("a taken name is refused, or gives the existing collection with getOrCreate")
    func taken() async throws {
        let first = try await world.createCollection("taken", space: .ip)
        let error = await #expect(throws: ServiceError.self) {
            try await world.createCollection("taken")
        }
        #expect(error?.code == .alreadyExists)
        #expect(error?.message == "Collection [taken] already exists")
        let again = try await world.createCollection("taken", space: .l2, getOrCreate: true)
        #expect(again.id == first.id && again.settings.space == .ip)
        await world.host.close()
    }

    @Test("lists go by creation, with offset and limit, whatever is renamed or deleted")
    func lists() async throws {
        for name in ["c", "a", "b", "d"] { _ = try await world.createCollection(name) }
        let a = try await world.host.collection(named: CollectionName("a"), in: world.scope)
        try await world.host.modifyCollection(
            a.id, CollectionChange(name: CollectionName("z")), in: world.scope)
        try await world.host.deleteCollection(named: CollectionName("b"), in: world.scope)
        #expect(try await names() == ["c", "z", "d"])
        #expect(try await world.host.countCollections(in: world.scope) == 3)
        let pages = [(0, 2, ["c", "z"]), (2, 5, ["d"]), (3, 1, []), (9, 1, []), (1, 0, [])]
        for (offset, limit, expected) in pages {
            let page = try await world.host.listCollections(
                in: world.scope, offset: offset, limit: limit)
            #expect(page.map(\.name.value) == expected)
        }
        await world.restart()
        #expect(try await names() == ["c", "z", "d"])
        await world.host.close()
    }

    @Test("names are told apart by their bytes")
    func unicodeTwins() async throws {
        let twins = ["caf\u{e9}", "cafe\u{301}"]
        for name in twins { _ = try await world.createCollection(name) }
        #expect(try await world.host.countCollections(in: world.scope) == 2)
        try await world.host.deleteCollection(named: CollectionName(twins[0]), in: world.scope)
        let rest = try await world.host.listCollections(in: world.scope, offset: 0, limit: nil)
        #expect(rest.map { Array($0.name.value.utf8) } == [Array(twins[1].utf8)])
        await world.host.close()
    }

    @Test("a change replaces what it names and leaves the rest")
    func modify() async throws {
        let made = try await world.createCollection("m", metadata: Metadata(from: ["a": .int(1)]))
        func change(_ change: CollectionChange) async throws -> CollectionState {
            try await world.host.modifyCollection(made.id, change, in: world.scope)
            return try await world.host.collection(id: made.id, in: world.scope)
        }
        #expect(try await change(CollectionChange()).metadata?.entries.count == 1)
        let replaced = try await change(
            CollectionChange(metadata: .some(Metadata(from: ["b": .bool(true)]))))
        #expect(replaced.metadata == Metadata(from: ["b": .bool(true)]))
        #expect(replaced.name == CollectionName("m"))
        #expect(try await change(CollectionChange(metadata: .some(nil))).metadata == nil)
        let same = try await change(CollectionChange(name: CollectionName("m")))
        #expect(same.name == CollectionName("m"))
        await world.restart()
        let found = try await world.host.collection(named: CollectionName("m"), in: world.scope)
        #expect(found.metadata == nil && found.id == made.id)
        await world.host.close()
    }

    @Test("a rename to a taken name is refused; the old name is free at once")
    func rename() async throws {
        let a = try await world.createCollection("a")
        _ = try await world.createCollection("b")
        let error = await #expect(throws: ServiceError.self) {
            try await world.host.modifyCollection(
                a.id, CollectionChange(name: CollectionName("b")), in: world.scope)
        }
        #expect(error?.code == .alreadyExists)
        try await world.host.modifyCollection(
            a.id, CollectionChange(name: CollectionName("c")), in: world.scope)
        let fresh = try await world.createCollection("a")
        #expect(fresh.id != a.id)
        #expect(
            try await world.host.collection(named: CollectionName("c"), in: world.scope).id == a.id)
        await world.host.close()
    }

    @Test("a deleted collection is gone by name and id; made again it is empty and another")
    func deleteAndRecreate() async throws {
        let old = try await world.createCollection("x")
        try await world.write(.add, .of(["1"], [[1, 2]]), to: old.id)
        try await world.host.deleteCollection(named: CollectionName("x"), in: world.scope)
        let byID = await #expect(throws: ServiceError.self) {
            try await world.host.count(old.id, in: world.scope)
        }
        #expect(byID?.message == "Collection [\(old.id)] does not exist.")
        let byName = await #expect(throws: ServiceError.self) {
            try await world.host.deleteCollection(named: CollectionName("x"), in: world.scope)
        }
        #expect(byName?.message == "Collection [x] does not exist")
        let new = try await world.createCollection("x")
        #expect(new.id != old.id && new.dimension == nil)
        try await world.write(.add, .of(["1"], [[1, 2, 3]]), to: new.id)
        await world.restart()
        #expect(try await world.ids(new.id) == ["1"])
        await world.host.close()
    }

    @Test("another database, another tenant and no tenant at all give the same answer")
    func foreign() async throws {
        let mine = try await world.createCollection("mine")
        let scopes = try TestScopes()
        let others = [
            try await scopes.database("other", tenant: "test_tenant"),
            try await scopes.database("test_database", tenant: "stranger"),
        ]
        let random = CollectionID(UniqueID(version4From: (1, 2)))
        for scope in others + [world.scope] {
            let id = scope == world.scope ? random : mine.id
            let calls: [() async throws -> Void] = [
                { _ = try await world.host.collection(id: id, in: scope) },
                { _ = try await world.host.count(id, in: scope) },
                { _ = try await world.host.get(GetRequest(), from: id, in: scope) },
                { try await world.host.write(.of(["1"]), as: .add, to: id, in: scope) },
                { try await world.host.write(RecordBatch(ids: []), as: .add, to: id, in: scope) },
                {
                    let all = RecordSelection(ids: [RecordID("1")])
                    _ = try await world.host.delete(all, limit: nil, from: id, in: scope)
                },
                {
                    let query = QueryRequest(embeddings: .rows([[1]]))
                    _ = try await world.host.query(query, in: id, in: scope)
                },
                {
                    let change = CollectionChange(metadata: .some(nil))
                    try await world.host.modifyCollection(id, change, in: scope)
                },
            ]
            for call in calls {
                let error = await #expect(throws: ServiceError.self) { try await call() }
                #expect(error?.code == .notFound)
                #expect(error?.message == "Collection [\(id)] does not exist.")
            }
        }
        #expect(try await world.host.count(mine.id, in: world.scope) == 0)
        await world.host.close()
    }

    @Test("deleting a database's collections leaves other databases alone")
    func dropDatabase() async throws {
        let scopes = try TestScopes()
        let (one, two) = (
            try await scopes.database("one"), try await scopes.database("two")
        )
        for scope in [one, two] {
            let made = try await world.createCollection("same", in: scope)
            try await world.host.write(.of(["1"]), as: .add, to: made.id, in: scope)
        }
        try await world.host.deleteAllCollections(in: one)
        try await world.host.deleteAllCollections(in: one)
        #expect(try await names(in: one) == [])
        #expect(try await names(in: two) == ["same"])
        await world.restart()
        #expect(try await names(in: one) == [])
        #expect(try await names(in: two) == ["same"])
        await world.host.close()
    }
}

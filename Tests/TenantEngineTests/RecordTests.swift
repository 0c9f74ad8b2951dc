import ChromaModel
import TestSupport
import Testing

@testable import TenantEngine

/// Protocol §3, each rule in three lives: fresh in memory, sealed into a segment, restarted.
@Suite("Records")
struct RecordTests {
    enum Life: CaseIterable { case memory, sealed, restarted, sealedAndRestarted }

    /// Brings what was written so far into the life's shape.
    private static func settle(_ world: EngineWorld, _ life: Life) async throws {
        if life == .sealed || life == .sealedAndRestarted { try await world.seal() }
        if life == .restarted || life == .sealedAndRestarted { await world.restart() }
    }

    private static func start(_ life: Life) async throws -> (EngineWorld, CollectionID) {
        let world = try await EngineWorld()
        let collection = try await world.createCollection("records").id
        try await world.write(
            .add,
            .of(
                ["a", "b", "c"], [[1, 1], [2, 2], [3, 3]], documents: ["da", nil, ""],
                uris: ["ua", nil, nil],
                metadatas: [["k": .int(1), "l": .string("x")], nil, [:]]), to: collection)
        try await settle(world, life)
        return (world, collection)
    }

    @Test("what was added is read back", arguments: Life.allCases)
    func add(life: Life) async throws {
        let (world, id) = try await Self.start(life)
        let a = try #require(try await world.record("a", of: id))
        #expect(a.floats == [1, 1] && a.documentText == "da" && a.uriText == "ua")
        #expect(a.metadata == Metadata(from: ["k": .int(1), "l": .string("x")]))
        let b = try #require(try await world.record("b", of: id))
        #expect(b.document == nil && b.uri == nil && b.metadata == nil)
        let c = try #require(try await world.record("c", of: id))
        #expect(c.document == [] && c.metadata == nil, "an empty document is one; {} is null")
        await world.host.close()
    }

    @Test(
        "add leaves an existing record as it is; in one batch the first wins",
        arguments: Life.allCases)
    func addExisting(life: Life) async throws {
        let (world, id) = try await Self.start(life)
        try await world.write(
            .add,
            .of(["a", "d", "d"], [[9, 9], [4, 4], [5, 5]], documents: ["new", "one", "two"]),
            to: id)
        try await Self.settle(world, life)
        #expect(try await world.record("a", of: id)?.documentText == "da")
        #expect(try await world.record("d", of: id)?.documentText == "one")
        #expect(try await world.record("d", of: id)?.floats == [4, 4])
        #expect(try await world.ids(id) == ["a", "b", "c", "d"])
        await world.host.close()
    }

    @Test("update merges into existing records and ignores others", arguments: Life.allCases)
    func update(life: Life) async throws {
        let (world, id) = try await Self.start(life)
        try await world.write(
            .update,
            .of(
                ["a", "nobody", "b"], [nil, [7, 7], [8, 8]], documents: [nil, "x", "db"],
                uris: ["ub", nil, nil],
                metadatas: [["k": nil, "m": .float(1)], nil, ["n": .bools([true])]]),
            to: id)
        try await Self.settle(world, life)
        let a = try #require(try await world.record("a", of: id))
        #expect(a.floats == [1, 1] && a.documentText == "da" && a.uriText == "ub")
        #expect(a.metadata == Metadata(from: ["l": .string("x"), "m": .float(1)]))
        let b = try #require(try await world.record("b", of: id))
        #expect(b.floats == [8, 8] && b.documentText == "db")
        #expect(b.metadata == Metadata(from: ["n": .bools([true])]))
        #expect(try await world.record("nobody", of: id) == nil)
        await world.host.close()
    }

    @Test("upsert inserts or merges; in one batch the later wins", arguments: Life.allCases)
    func upsert(life: Life) async throws {
        let (world, id) = try await Self.start(life)
        try await world.write(
            .upsert,
            .of(
                ["d", "a", "d"], [[4, 4], [6, 6], [5, 5]], documents: ["one", nil, nil],
                metadatas: [["p": .int(1)], ["l": .int(2)], ["q": .int(3)]]), to: id)
        try await Self.settle(world, life)
        let a = try #require(try await world.record("a", of: id))
        #expect(a.floats == [6, 6] && a.documentText == "da")
        #expect(a.metadata == Metadata(from: ["k": .int(1), "l": .int(2)]))
        let d = try #require(try await world.record("d", of: id))
        #expect(d.floats == [5, 5] && d.documentText == "one")
        #expect(d.metadata == Metadata(from: ["p": .int(1), "q": .int(3)]))
        #expect(try await world.ids(id) == ["a", "b", "c", "d"])
        await world.host.close()
    }

    @Test(
        "an update keeps a record's place; delete and add moves it to the end",
        arguments: Life.allCases)
    func order(life: Life) async throws {
        let (world, id) = try await Self.start(life)
        try await world.write(.upsert, .of(["b"], [[5, 5]]), to: id)
        try await Self.settle(world, life)
        #expect(try await world.ids(id) == ["a", "b", "c"])
        let first = RecordSelection(ids: [RecordID("a")])
        _ = try await world.host.delete(first, limit: nil, from: id, in: world.scope)
        try await Self.settle(world, life)
        try await world.write(.add, .of(["a"], [[1, 1]]), to: id)
        try await Self.settle(world, life)
        #expect(try await world.ids(id) == ["b", "c", "a"])
        #expect(try await world.ids(id, ids: ["a", "c", "a", "?"]) == ["c", "a"])
        #expect(try await world.ids(id, ids: []) == [])
        #expect(try await world.ids(id, offset: 1, limit: 1) == ["c"])
        #expect(try await world.ids(id, limit: 0) == [])
        #expect(try await world.ids(id, offset: 3) == [])
        await world.host.close()
    }

    @Test("delete answers upstream's counts", arguments: Life.allCases)
    func delete(life: Life) async throws {
        let (world, id) = try await Self.start(life)
        func delete(_ ids: [String]?, _ filter: Where?, _ limit: Int? = nil) async throws -> Int {
            let selection = RecordSelection(ids: ids?.map { RecordID($0) }, filter: filter)
            return try await world.host.delete(selection, limit: limit, from: id, in: world.scope)
        }
        let isK = Where.metadata(MetadataKey("k"), .equal(.number(.int(1))))
        #expect(try await delete(nil, nil) == 0)
        #expect(try await delete([], .all([])) == 0)
        #expect(try await delete(["b"], isK) == 0)
        #expect(try await delete(["b", "nope", "b"], nil) == 3)
        #expect(try await delete(nil, isK) == 1)
        #expect(try await world.ids(id) == ["c"])
        try await world.write(.add, .of(["d", "e"], [[1, 1], [1, 1]]), to: id)
        #expect(try await delete(nil, .all([]), 2) == 2)
        try await Self.settle(world, life)
        #expect(try await world.ids(id) == ["e"])
        #expect(try await delete(nil, .all([])) == 1)
        #expect(try await world.host.count(id, in: world.scope) == 0)
        await world.host.close()
    }

    @Test("ids are told apart by their bytes", arguments: Life.allCases)
    func unicodeTwins(life: Life) async throws {
        let (world, id) = try await Self.start(life)
        let twins = ["\u{e9}", "e\u{301}", "\u{0}", "", " ", "A", "\u{212B}", "\u{c5}"]
        try await world.write(
            .add, .of(twins, twins.map { _ in [0, 0] }, documents: twins), to: id)
        try await Self.settle(world, life)
        #expect(try await world.host.count(id, in: world.scope) == 3 + twins.count)
        for twin in twins {
            let found = try await world.record(twin, of: id)
            #expect(found?.id == Array(twin.utf8) && found?.document == Array(twin.utf8))
        }
        await world.host.close()
    }

    @Test("every metadata type is read back bit by bit", arguments: Life.allCases)
    func metadataTypes(life: Life) async throws {
        let (world, id) = try await Self.start(life)
        let values: [String: MetadataValue?] = [
            "bool": .bool(false), "int": .int(.max), "small": .int(.min),
            "float": .float(1), "zero": .float(-0.0), "tiny": .float(5e-324),
            "text": .string("\u{e9}"), "twin": .string("e\u{301}"), "empty": .string(""),
            "bools": .bools([true, false]), "ints": .ints([1, -1]), "floats": .floats([1, 0.1]),
            "texts": .strings(["", "a"]), "none": .ints([]),
            "sparse": .sparse(
                SparseVector(indices: [0, .max], values: [1, -1], tokens: ["", "b"])),
            "void": .sparse(SparseVector(indices: [], values: [], tokens: nil)),
        ]
        let twins = ["\u{e9}", "e\u{301}"].map {
            MetadataPatch.Change(MetadataKey($0), .string($0))
        }
        let patch = MetadataPatch(MetadataPatch(from: values).changes + twins)
        var batch = RecordBatch.of(["m"], [[0, 0]])
        batch.metadatas = [patch]
        try await world.write(.add, batch, to: id)
        try await Self.settle(world, life)
        let found = try await world.record("m", of: id)?.metadata
        #expect(found == patch.applied(to: nil))
        #expect(found?.entries.count == values.count - 1 + twins.count)
        await world.host.close()
    }

    @Test("the first embedding sets the dimension for ever", arguments: Life.allCases)
    func dimension(life: Life) async throws {
        let world = try await EngineWorld()
        let id = try await world.createCollection("d").id
        func dimension() async throws -> Int? {
            try await world.host.collection(id: id, in: world.scope).dimension
        }
        try await world.write(.add, RecordBatch(ids: [], embeddings: .rows([])), to: id)
        #expect(try await dimension() == nil)
        try await world.write(.update, .of(["nobody"], [nil]), to: id)
        #expect(try await dimension() == nil)
        try await world.write(.update, .of(["nobody"], [[1, 2, 3]]), to: id)
        try await Self.settle(world, life)
        #expect(try await dimension() == 3)
        for operation in [WriteOperation.add, .update, .upsert] {
            let error = await #expect(throws: ServiceError.self) {
                try await world.write(operation, .of(["x"], [[1, 2]]), to: id)
            }
            #expect(error?.code == .invalidArgument)
            #expect(
                error?.message == "Collection expecting embedding with dimension of 3, got 2")
        }
        #expect(try await world.host.count(id, in: world.scope) == 0)
        await world.host.close()
    }
}

import ChromaModel
import TestSupport
import Testing

@testable import TenantEngine

@Suite("Transactions")
struct TransactionTests {
    private static func add(_ ids: String...) -> RecordChange {
        .write(
            .add,
            RecordBatch(
                ids: ids.map { RecordID($0) }, embeddings: .rows(ids.map { _ in [1] })))
    }

    private func commit(
        _ engine: EngineFixture, _ id: CollectionID, _ token: UInt64?, reading: [String] = [],
        _ changes: RecordChange...
    ) async throws {
        let transaction = RecordTransaction(
            readToken: token, readIDs: reading.map { RecordID($0) }, changes: changes)
        _ = try await engine.host.commit(transaction, to: id, in: engine.scope)
    }

    private func token(_ engine: EngineFixture, _ id: CollectionID) async throws -> UInt64 {
        try await read(engine, id, nil).token
    }

    private func read(
        _ engine: EngineFixture, _ id: CollectionID, _ token: UInt64?, ids: [String]? = nil
    ) async throws -> (ids: [String], token: UInt64) {
        let request = GetRequest(
            selection: RecordSelection(ids: ids.map { $0.map { RecordID($0) } }))
        let (records, token) = try await engine.host.get(
            request, asOf: token, from: id, in: engine.scope)
        return (records.map(\.id.value), token)
    }

    private func expect(
        _ code: ServiceError.Code, _ body: () async throws -> Void
    ) async {
        let error = await #expect(throws: ServiceError.self) { try await body() }
        #expect(error?.code == code)
    }

    @Test("a write to a record that was read or is changed is a conflict; any other is not")
    func conflicts() async throws {
        let engine = try await EngineFixture()
        let id = try await engine.create("books")
        try await engine.upsert(["a", "b", "c"], to: id)
        let token = try await token(engine, id)
        try await engine.upsert(["c"], to: id)
        try await commit(engine, id, token, reading: ["a"], Self.add("new"))
        await expect(.writeConflict) {
            try await commit(engine, id, token, reading: ["c"], Self.add("other"))
        }
        await expect(.writeConflict) { try await commit(engine, id, token, Self.add("new")) }
        try await engine.delete(["a"], from: id)
        await expect(.writeConflict) {
            try await commit(engine, id, token, reading: ["a"], Self.add("other"))
        }
        #expect(try await engine.ids(id) == ["b", "c", "new"])
        await engine.close()
    }

    @Test("all changes land together in their order, or none of them")
    func atomic() async throws {
        let engine = try await EngineFixture()
        let id = try await engine.create("books")
        try await commit(
            engine, id, nil, Self.add("a", "b"), .delete([RecordID("a")]), Self.add("a"))
        #expect(try await engine.ids(id) == ["b", "a"])
        #expect(try await engine.state(id).written.operations == 4)
        let wide = RecordChange.write(
            .upsert, RecordBatch(ids: [RecordID("w")], embeddings: .rows([[1, 2]])))
        await expect(.invalidArgument) {
            try await commit(engine, id, nil, Self.add("x"), wide)
        }
        await engine.restart()
        #expect(try await engine.ids(id) == ["b", "a"])
        await engine.close()
    }

    @Test("two new dimensions in one transaction are refused")
    func dimensions() async throws {
        let engine = try await EngineFixture()
        let id = try await engine.create("books")
        let wide = RecordChange.write(
            .upsert, RecordBatch(ids: [RecordID("w")], embeddings: .rows([[1, 2]])))
        await expect(.invalidArgument) {
            try await commit(engine, id, nil, Self.add("x"), wide)
        }
        #expect(try await engine.state(id).dimension == nil)
        try await commit(engine, id, nil, wide)
        #expect(try await engine.state(id).dimension == 2)
        await engine.close()
    }

    @Test("a token goes on reading what it read, until a seal folds that away")
    func snapshots() async throws {
        let engine = try await EngineFixture()
        let id = try await engine.create("books")
        try await engine.upsert(["a", "b"], to: id)
        let token = try await token(engine, id)
        try await engine.upsert(["c"], to: id)
        try await engine.delete(["a"], from: id)
        #expect(try await read(engine, id, token).ids == ["a", "b"])
        #expect(try await read(engine, id, token, ids: ["a", "c"]).ids == ["a"])
        #expect(try await read(engine, id, nil).ids == ["b", "c"])
        try await engine.seal()
        await expect(.staleRead) { _ = try await read(engine, id, token) }
        await expect(.staleRead) {
            try await commit(engine, id, token, reading: ["b"], Self.add("d"))
        }
        // A token without later writes outlives the seal.
        let present = try await self.token(engine, id)
        try await engine.seal()
        #expect(try await read(engine, id, present).ids == ["b", "c"])
        try await commit(engine, id, present, reading: ["b"], Self.add("d"))
        await engine.close()
    }

    @Test("tokens are checked against the log after a restart too")
    func restarts() async throws {
        let engine = try await EngineFixture()
        let id = try await engine.create("books")
        try await engine.upsert(["a"], to: id)
        let token = try await token(engine, id)
        try await engine.upsert(["b"], to: id)
        await engine.restart()
        try await commit(engine, id, token, reading: ["a"], Self.add("c"))
        await expect(.writeConflict) {
            try await commit(engine, id, token, reading: ["b"], Self.add("d"))
        }
        await engine.close()
    }

    @Test("of many that read the same and change it, one commits")
    func race() async throws {
        let engine = try await EngineFixture()
        let id = try await engine.create("books")
        let token = try await token(engine, id)
        let (host, scope) = (engine.host, engine.scope)
        let committed = try await withThrowingTaskGroup(of: Bool.self) { tasks in
            for index in 0..<50 {
                tasks.addTask {
                    let transaction = RecordTransaction(
                        readToken: token, readIDs: [RecordID("counter")],
                        changes: [Self.add("counter", "by \(index)")])
                    do {
                        _ = try await host.commit(transaction, to: id, in: scope)
                        return true
                    } catch let error as ServiceError where error.code == .writeConflict {
                        return false
                    }
                }
            }
            return try await tasks.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(committed == 1)
        #expect(try await engine.ids(id).count == 2)
        await engine.close()
    }
}

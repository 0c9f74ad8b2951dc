import Access
import ChromaModel
import Platform
import TestSupport
import Testing

@testable import TenantEngine

@Suite("Quotas on what a tenant has")
struct QuotaStockTests {
    /// A fixture whose tenant has one limit of its own.
    private func fixture(_ usage: UsageType, _ limit: Int) async throws -> EngineFixture {
        try await EngineFixture(limits: [usage: limit])
    }

    private static func refusal(
        _ usage: UsageType, _ action: QuotaAction, _ current: Int, _ limit: Int
    ) -> ServiceError {
        .quotaExceeded(usage, for: action, current: current, limit: limit)
    }

    private func expect(
        _ expected: ServiceError, _ body: () async throws -> Void
    ) async {
        let error = await #expect(throws: ServiceError.self) { try await body() }
        #expect(error?.code == expected.code)
        #expect(error?.message == expected.message)
    }

    /// Runs `count` calls at once; how many were let in. All others must have met the quota.
    private func race(
        _ count: Int, _ call: @escaping @Sendable (Int) async throws -> Void
    ) async -> Int {
        await withTaskGroup(of: Bool.self) { group in
            for index in 0..<count {
                group.addTask {
                    do {
                        try await call(index)
                        return true
                    } catch {
                        let refusal = error as? ServiceError
                        #expect(refusal?.code == .unprocessable, "\(error)")
                        #expect(refusal?.message.hasPrefix("Quota exceeded: ") == true)
                        return false
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }

    @Test("16 writers fill a collection to its last record and not beyond", arguments: 0..<5)
    func racingWriters(round: Int) async throws {
        let limit = 100
        let engine = try await fixture(.collectionSizeRecords, limit)
        let id = try await engine.create("full")
        let (host, scope) = (engine.host, engine.scope)
        let accepted = await race(16 * 20) { index in
            let batch = RecordBatch(
                ids: [RecordID("\(index)")], embeddings: .rows([[Float(index)]]))
            try await host.write(batch, as: index % 2 == 0 ? .add : .upsert, to: id, in: scope)
        }
        #expect(accepted == limit)
        #expect(try await engine.ids(id).count == limit)
        await engine.restart()
        #expect(try await engine.ids(id).count == limit)
        await engine.close()
    }

    @Test("batches that cross the limit are refused whole, also while others are deleted")
    func racingBatches() async throws {
        let limit = 50
        let engine = try await fixture(.collectionSizeRecords, limit)
        let id = try await engine.create("full")
        let (host, scope) = (engine.host, engine.scope)
        for round in 0..<5 {
            await withTaskGroup(of: Void.self) { group in
                for writer in 0..<16 {
                    group.addTask {
                        let ids = (0..<7).map { RecordID("\(round)-\(writer)-\($0)") }
                        let batch = RecordBatch(ids: ids, embeddings: .rows(ids.map { _ in [1] }))
                        try? await host.write(batch, as: .upsert, to: id, in: scope)
                        guard writer % 3 == 0 else { return }
                        let selection = RecordSelection(ids: Array(ids.prefix(3)))
                        _ = try? await host.delete(selection, limit: nil, from: id, in: scope)
                    }
                }
            }
            #expect(try await engine.ids(id).count <= limit)
        }
        await engine.close()
    }

    @Test("a full collection takes replacements and updates, and a record for one deleted")
    func fullCollection() async throws {
        let engine = try await fixture(.collectionSizeRecords, 3)
        let id = try await engine.create("full")
        try await engine.upsert(["a", "b"], to: id)
        await expect(Self.refusal(.collectionSizeRecords, .upsert, 4, 3)) {
            try await engine.upsert(["b", "c", "d"], to: id)
        }
        try await engine.upsert(["b", "c"], to: id)
        try await engine.upsert(["a", "b", "c"], key: "other", to: id)
        let update = RecordBatch(ids: [RecordID("z"), RecordID("a")], documents: ["x", "y"])
        try await engine.host.write(update, as: .update, to: id, in: engine.scope)
        try await engine.seal()
        await expect(Self.refusal(.collectionSizeRecords, .upsert, 4, 3)) {
            try await engine.upsert(["d"], to: id)
        }
        try await engine.delete(["a"], from: id)
        try await engine.upsert(["d"], to: id)
        #expect(try await engine.ids(id) == ["b", "c", "d"])
        await engine.close()
    }

    @Test("16 clients make collections up to the limit of the tenant, whichever the database")
    func racingCollections() async throws {
        let limit = 20
        let engine = try await fixture(.numCollections, limit)
        let (host, scope) = (engine.host, engine.scope)
        let other = try await engine.database("other")
        let source = try await engine.create("source")
        let accepted = await race(96) { index in
            if index % 4 == 0 {
                _ = try await host.forkCollection(
                    source, as: CollectionName("fork-\(index)"), in: scope)
            } else {
                _ = try await host.createCollection(
                    EngineFixture.draft("made-\(index)"), getOrCreate: index % 2 == 0,
                    in: index % 3 == 0 ? other : scope)
            }
        }
        #expect(accepted == limit - 1)
        #expect(try await host.countAllCollections(in: scope.tenantScope) == limit)
        // What is there already is got at any time, and room that is made is used.
        let again = try await host.createCollection(
            EngineFixture.draft("source"), getOrCreate: true, in: scope)
        #expect(again.id == source)
        try await host.deleteCollection(named: CollectionName("source"), in: scope)
        _ = try await engine.create("instead")
        await expect(Self.refusal(.numCollections, .createCollection, limit + 1, limit)) {
            _ = try await engine.create("one-more")
        }
        await engine.close()
    }

    @Test("forks of one tree stop at the limit")
    func forks() async throws {
        let engine = try await fixture(.numForks, 2)
        let source = try await engine.create("source")
        let (host, scope) = (engine.host, engine.scope)
        let accepted = await race(8) { index in
            _ = try await host.forkCollection(
                source, as: CollectionName("fork-\(index)"), in: scope)
        }
        #expect(accepted == 2)
        await expect(Self.refusal(.numForks, .forkCollection, 3, 2)) {
            _ = try await host.forkCollection(source, as: CollectionName("more"), in: scope)
        }
        await engine.close()
    }

    @Test("a limit that is lowered later leaves everything there and readable, after restarts too")
    func lowered() async throws {
        let engine = try await EngineFixture(limits: [:])
        let id = try await engine.create("many")
        try await engine.upsert(["a", "b", "c"], to: id)
        try engine.setLimit(.collectionSizeRecords, 1)
        let scope = try await engine.database("fixture")
        await engine.restart()
        #expect(try await engine.ids(id) == ["a", "b", "c"])
        let one = RecordBatch(ids: [RecordID("d")], embeddings: .rows([[1]]))
        await expect(Self.refusal(.collectionSizeRecords, .add, 4, 1)) {
            try await engine.host.write(one, as: .add, to: id, in: scope)
        }
        let known = RecordBatch(ids: [RecordID("a")], embeddings: .rows([[2]]))
        try await engine.host.write(known, as: .upsert, to: id, in: scope)
        await engine.close()
    }
}

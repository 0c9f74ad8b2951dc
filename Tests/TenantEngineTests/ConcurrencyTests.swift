import Access
import ChromaModel
import Synchronization
import TestSupport
import Testing

@testable import TenantEngine

@Suite("Many clients at once")
struct ConcurrencyTests {
    /// Runs all calls at once and returns what became of each, in order.
    private static func race<Value: Sendable>(
        _ calls: [@Sendable () async throws -> Value]
    ) async -> [Result<Value, ServiceError>] {
        await withTaskGroup(of: (Int, Result<Value, ServiceError>).self) { group in
            for (index, call) in calls.enumerated() {
                group.addTask {
                    do { return (index, .success(try await call())) } catch {
                        let fallback = ServiceError(.internalError, "\(error)")
                        return (index, .failure(error as? ServiceError ?? fallback))
                    }
                }
            }
            var results: [Int: Result<Value, ServiceError>] = [:]
            for await (index, result) in group { results[index] = result }
            return calls.indices.compactMap { results[$0] }
        }
    }

    @Test("of two first writes with different dimensions exactly one wins", arguments: 0..<20)
    func firstDimension(round: Int) async throws {
        let world = try await EngineWorld()
        let (host, scope) = (world.host, world.scope)
        let id = try await world.createCollection("race").id
        let results = await Self.race(
            (1...8).map { dimension in
                {
                    let row = [Float](repeating: 1, count: dimension)
                    try await host.write(.of(["\(dimension)"], [row]), as: .add, to: id, in: scope)
                }
            })
        let winners = results.indices.filter { (try? results[$0].get()) != nil }
        #expect(winners.count == 1)
        let dimension = try await host.collection(id: id, in: scope).dimension
        #expect(dimension == winners.first.map { $0 + 1 })
        #expect(try await world.ids(id) == winners.map { "\($0 + 1)" })
        for case .failure(let error) in results { #expect(error.code == .invalidArgument) }
        await world.restart()
        #expect(try await world.ids(id) == winners.map { "\($0 + 1)" })
        await world.host.close()
    }

    @Test(
        "of many creates of one name one wins; with getOrCreate all get the same",
        arguments: [
            false, true,
        ])
    func createRace(getOrCreate: Bool) async throws {
        let world = try await EngineWorld()
        let (host, scope) = (world.host, world.scope)
        let results = await Self.race(
            (0..<32).map { _ in
                {
                    try await host.createCollection(
                        .named("one"), getOrCreate: getOrCreate, in: scope
                    ).id
                }
            })
        let ids = results.compactMap { try? $0.get() }
        #expect(ids.count == (getOrCreate ? 32 : 1))
        #expect(Set(ids).count == 1)
        #expect(try await host.countCollections(in: scope) == 1)
        await world.host.close()
    }

    /// Renames, deletions and creations fight over three names; whoever wins, a name has one
    /// collection, a collection one name, and a restart changes nothing.
    @Test("renames, deletions and creations leave one collection a name", arguments: 0..<10)
    func nameRace(seed: Int) async throws {
        let world = try await EngineWorld()
        let (host, scope) = (world.host, world.scope)
        let random = SeededRandom(seed: UInt64(seed))
        let names = ["a", "b", "c"].map { CollectionName($0) }
        let starts = try await world.createCollection("a").id
        let calls: [@Sendable () async throws -> Void] = (0..<60).map { _ in
            let (kind, name) = (random.below(4), names[random.below(3)])
            return {
                switch kind {
                case 0:
                    _ = try await host.createCollection(
                        .named(name.value), getOrCreate: false, in: scope)
                case 1: try await host.deleteCollection(named: name, in: scope)
                case 2:
                    let found = try await host.collection(named: name, in: scope).id
                    try await host.write(.of(["1"]), as: .upsert, to: found, in: scope)
                default:
                    let change = CollectionChange(name: name)
                    let any = try await host.listCollections(in: scope, offset: 0, limit: 1).first
                    try await host.modifyCollection(any?.id ?? starts, change, in: scope)
                }
            }
        }
        for case .failure(let error) in await Self.race(calls) {
            #expect([.notFound, .alreadyExists].contains(error.code), "seed \(seed): \(error)")
        }
        func inventory() async throws -> [String] {
            let all = try await world.host.listCollections(in: scope, offset: 0, limit: nil)
            var lines: [String] = []
            for state in all {
                let byName = try await world.host.collection(named: state.name, in: scope)
                #expect(byName.id == state.id, "seed \(seed)")
                let count = try await world.host.count(state.id, in: scope)
                lines.append("\(state.name) \(state.id) \(count)")
            }
            #expect(Set(all.map(\.name)).count == all.count, "seed \(seed)")
            return lines
        }
        let before = try await inventory()
        await world.restart()
        #expect(try await inventory() == before, "seed \(seed)")
        await world.host.close()
    }

    @Test("64 writers at once share syncs, and every acknowledged record is there after a kill")
    func groupCommit() async throws {
        let disk = SimulatedFileSystem()
        let world = try await EngineWorld(on: disk)
        let (host, scope) = (world.host, world.scope)
        let id = try await world.createCollection("group").id
        let before = disk.trace.count { $0.hasPrefix("syncData") }
        let results = await Self.race(
            (0..<64).map { writer in
                {
                    for index in 0..<8 {
                        try await host.write(
                            .of(["\(writer).\(index)"], [[Float(writer)]]), as: .add, to: id,
                            in: scope)
                    }
                }
            })
        let syncs = disk.trace.count { $0.hasPrefix("syncData") } - before
        print("64 writers × 8: \(syncs) syncs for 512 writes")
        #expect(results.allSatisfy { (try? $0.get()) != nil })
        #expect(syncs < 512)
        await world.restart(on: disk.crash(seed: 5))
        let found = try await world.ids(id)
        #expect(found.count == 512 && Set(found).count == 512)
        for writer in 0..<64 {
            let own = found.filter { $0.hasPrefix("\(writer).") }
            #expect(own == (0..<8).map { "\(writer).\($0)" }, "a writer's order is kept")
        }
        await world.host.close()
    }

    @Test("readers see whole batches while writers write and tails are sealed")
    func atomicBatches() async throws {
        let world = try await EngineWorld()
        let (host, scope) = (world.host, world.scope)
        let id = try await world.createCollection("atomic").id
        let batch = (0..<10).map { "\($0)" }
        try await world.write(.upsert, .of(batch, batch.map { _ in [0] }), to: id)
        let engine = try await host.engine(for: scope.tenant)
        let isDone = Atomic(false)
        async let reads = Self.race(
            (0..<4).map { _ in
                {
                    var torn = 0
                    while !isDone.load(ordering: .relaxed) {
                        let request = GetRequest(include: [.embeddings])
                        let found = try await host.get(request, from: id, in: scope)
                        let values = Set(found.compactMap { $0.embedding?.withValues { $0[0] } })
                        if found.count != 10 || values.count != 1 { torn += 1 }
                    }
                    return torn
                }
            })
        for version in 1...150 {
            try await world.write(.upsert, .of(batch, batch.map { _ in [Float(version)] }), to: id)
            if version.isMultiple(of: 10) { try engine.seal() }
        }
        isDone.store(true, ordering: .relaxed)
        for result in await reads { #expect(try result.get() == 0) }
        await world.host.close()
    }
}

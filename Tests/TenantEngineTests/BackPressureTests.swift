import Access
import ChromaModel
import TestSupport
import Testing

@testable import TenantEngine

@Suite("Back-pressure on writers")
struct BackPressureTests {
    /// Eight records of about 8 KiB each.
    private static func batch(_ name: Int) -> RecordBatch {
        .of(
            (0..<8).map { "\(name).\($0)" },
            (0..<8).map { _ in [Float](repeating: 1, count: 2048) })
    }

    @Test("writers faster than memory allows are slowed by seals, and every write is there")
    func slowed() async throws {
        let disk = SimulatedFileSystem()
        let world = try await EngineWorld(on: disk) {
            $0.writeLimits.tailBytesMaxPerTenant = 256 << 10
            $0.writeLimits.waitNanoseconds = 120_000_000_000
        }
        let (host, scope) = (world.host, world.scope)
        let id = try await world.createCollection("fast").id
        let budget = try await host.engine(for: scope.tenant).budget
        let peak = try await withThrowingTaskGroup(of: Int.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    var peak = 0
                    for index in 0..<4 {
                        let batch = Self.batch(writer * 100 + index)
                        try await host.write(batch, as: .add, to: id, in: scope)
                        peak = max(peak, budget.tailBytes)
                    }
                    return peak
                }
            }
            return try await group.reduce(0) { max($0, $1) }
        }
        // 1 MiB went through: 16 batches of 8 rows of 8 KiB.
        #expect(peak <= 256 << 10)
        #expect(try await host.count(id, in: scope) == 16 * 8)
        await world.restart(on: disk.crash(seed: 1))
        #expect(try await world.host.count(id, in: world.scope) == 16 * 8)
        await world.host.close()
    }

    @Test("without seals, writes past the bound get 429, reads go on, and it passes by itself")
    func refused() async throws {
        let disk = SimulatedFileSystem()
        let world = try await EngineWorld(on: disk) {
            $0.writeLimits.tailBytesMaxPerTenant = 256 << 10
            $0.writeLimits.waitNanoseconds = 1_000_000
            $0.sealQuietNanoseconds = 1_000_000
        }
        let id = try await world.createCollection("slow").id
        disk.use(.failAll(.open, path: "/segments/", errno: 5))
        var stored: [Int] = []
        var refusals = 0
        for index in 0..<12 {
            do {
                try await world.write(.add, Self.batch(index), to: id)
                stored.append(index)
            } catch let error as ServiceError {
                #expect(error.code == .resourceExhausted)
                refusals += 1
            }
        }
        #expect(refusals > 0 && !stored.isEmpty)
        let expected = stored.flatMap { batch in (0..<8).map { "\(batch).\($0)" } }
        #expect(try await world.ids(id) == expected)
        // Deletes need no memory: they are what frees some.
        _ = try await world.host.delete(
            RecordSelection(ids: [RecordID("0.0")]), limit: nil, from: id, in: world.scope)
        disk.use(.none)
        try await world.seal()
        try await world.write(.add, Self.batch(100), to: id)
        #expect(try await world.ids(id).count == expected.count - 1 + 8)
        await world.restart(on: disk.crash(seed: 2))
        #expect(try await world.ids(id).count == expected.count - 1 + 8)
        await world.host.close()
    }

    @Test("memory is given back when tails are sealed, collections deleted, engines closed")
    func accounting() async throws {
        let world = try await EngineWorld()
        let (host, scope) = (world.host, world.scope)
        let budget = try await host.engine(for: scope.tenant).budget
        let id = try await world.createCollection("a").id
        try await world.write(.add, Self.batch(0), to: id)
        let once = budget.tailBytes
        #expect(once > 8 * 8192)
        _ = try await host.forkCollection(id, as: CollectionName("fork"), in: scope)
        #expect(budget.tailBytes == once, "a fork shares its parent's rows")
        try await world.seal()
        #expect(budget.tailBytes == 0)
        try await world.write(.add, Self.batch(1), to: id)
        try await host.deleteCollection(named: CollectionName("a"), in: scope)
        #expect(budget.tailBytes == 0)
        await host.close()
    }
}

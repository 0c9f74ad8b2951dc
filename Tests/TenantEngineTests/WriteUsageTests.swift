import Access
import ChromaModel
import Platform
import TestSupport
import Testing
import Usage

@testable import TenantEngine

/// What writes cost, through seals, restarts and kills at any moment.
struct WriteUsageTests {
    private static func world(on disk: SimulatedFileSystem, _ time: ManualTimeSource)
        async throws -> EngineWorld
    {
        try disk.createDurableDirectory("/simulated/unreported")
        return try await EngineWorld(on: disk, time: time) {
            $0.unreportedDirectory = "/simulated/unreported"
        }
    }

    private static func batch(_ random: SeededRandom) -> RecordBatch {
        let ids = (0..<(1 + random.below(4))).map { _ in "r\(random.below(12))" }
        let unique = Array(Set(ids)).sorted()
        return .of(
            unique, unique.map { _ in [1, 2] },
            documents: unique.map { _ in
                random.below(3) == 0 ? nil : String(repeating: "é", count: random.below(9))
            },
            metadatas: unique.map { _ in ["n": .int(1), "t": .string("text")] })
    }

    @Test("reported, lost, resealed and killed at random, written bytes add up")
    func exactlyOnce() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        let random = SeededRandom(seed: seed)
        let time = ManualTimeSource()
        let world = try await Self.world(on: SimulatedFileSystem(), time)
        let collection = try await world.createCollection("things").id
        let ledger = CellLedger()
        var (written, forks): (UInt64, UInt64) = (0, 0)
        for step in 0..<500 {
            // Several steps a minute, so that cells are reported while they still grow.
            time.advance(seconds: UInt64(random.below(16)))
            switch random.below(12) {
            case 0:
                _ = try await world.host.forkCollection(
                    collection, as: CollectionName("fork\(step)"), in: world.scope)
                forks += 1
            case 1: try await world.seal()
            case 2: await world.restart()
            case 3:
                let disk = try #require(world.fileSystem as? SimulatedFileSystem)
                await world.restart(on: disk.kill())
            case 4, 5:
                let pending = await world.host.pending(countMax: .max)
                ledger.merge(pending.cells)
                if random.below(4) > 0 { await pending.acknowledge() }
            case 6:
                let ids = (0..<2).map { _ in RecordID("r\(random.below(12))") }
                _ = try await world.host.delete(
                    RecordSelection(ids: ids), limit: nil, from: collection, in: world.scope)
                written += UInt64(RecordChange.delete(ids).logicalBytes)
            default:
                let operation: WriteOperation = [.add, .update, .upsert][random.below(3)]
                let batch = Self.batch(random)
                try await world.write(operation, batch, to: collection)
                written += UInt64(batch.logicalBytes)
            }
        }
        // A tenant that is marked is opened for its usage, whoever asks for it or not.
        await world.restart()
        ledger.merge(await world.host.pending(countMax: .max).cells)
        #expect(ledger.sum(.writtenBytes) == written, "seed \(seed)")
        #expect(ledger.sum(.forks) == forks, "seed \(seed)")
        await world.host.close()
    }

    @Test("a collection's size is that of its records, whatever was written, sealed and reopened")
    func sizes() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        let random = SeededRandom(seed: seed)
        let world = try await Self.world(on: SimulatedFileSystem(), ManualTimeSource())
        var ids = [try await world.createCollection("things").id]
        for step in 0..<80 {
            let id = ids[random.below(ids.count)]
            switch random.below(8) {
            case 0: try await world.seal()
            case 1: await world.restart()
            case 2 where ids.count < 4:
                ids.append(
                    try await world.host.forkCollection(
                        id, as: CollectionName("fork\(step)"), in: world.scope
                    ).id)
            case 3:
                _ = try await world.host.delete(
                    RecordSelection(ids: [RecordID("r\(random.below(12))")]), limit: nil,
                    from: id, in: world.scope)
            default:
                let operation: WriteOperation = [.add, .update, .upsert][random.below(3)]
                try await world.write(operation, Self.batch(random), to: id)
            }
        }
        try await world.seal()
        for id in ids {
            let all = GetRequest(include: [.documents, .embeddings, .metadatas, .uris])
            let records = try await world.host.get(all, from: id, in: world.scope)
            let extent = try await world.host.extent(of: id, in: world.scope)
            #expect(extent.compactedBytes == UInt64(records.logicalBytes), "seed \(seed)")
            #expect(extent.pulledLogBytes == 0)
        }
        await world.host.close()
    }

    @Test("what is not compacted is pulled from the log, with 8 bytes more for each record")
    func extent() async throws {
        let world = try await Self.world(on: SimulatedFileSystem(), ManualTimeSource())
        let id = try await world.createCollection("things").id
        try await world.write(.add, .of(["a", "bb"]), to: id)
        let before = try await world.host.extent(of: id, in: world.scope)
        #expect(before == ReadExtent(compactedBytes: 0, pulledLogBytes: 3 + 8 + 16))
        await world.restart()
        #expect(try await world.host.extent(of: id, in: world.scope) == before)
        try await world.seal()
        try await world.write(.update, .of(["nobody"]), to: id)
        let after = try await world.host.extent(of: id, in: world.scope)
        #expect(after == ReadExtent(compactedBytes: 3 + 8, pulledLogBytes: 6 + 4 + 8))
        await world.host.close()
    }

    @Test("sizes are reported once a minute, a deleted collection's as nothing")
    func samples() async throws {
        let time = ManualTimeSource(unixSeconds: 1_700_000_040)
        let world = try await Self.world(on: SimulatedFileSystem(), time)
        let id = try await world.createCollection("things").id
        func samples() async -> [UInt64] {
            let pending = await world.host.pending(countMax: .max)
            await pending.acknowledge()
            return pending.cells.filter { $0.meter == .storedBytes }.map(\.quantity)
        }
        try await world.write(.add, .of(["a"]), to: id)
        #expect(await samples() == [])
        time.advance(seconds: 60)
        #expect(await samples() == [5])
        try await world.write(.add, .of(["b"]), to: id)
        #expect(await samples() == [])
        time.advance(seconds: 60)
        #expect(await samples() == [10])
        time.advance(seconds: 60)
        #expect(await samples() == [])
        try await world.host.deleteCollection(
            named: CollectionName("things"), in: world.scope)
        time.advance(seconds: 60)
        #expect(await samples() == [0])
        await world.host.close()
    }

    @Test("with the keeper away for long the minute stands still, and the sum goes on")
    func bounded() {
        var usage = WriteUsage()
        let place = DatabaseID(UniqueID(high: 1, low: 1))
        for number in 0..<(WriteUsage.cellsMax + 500) {
            let now = UInt64(number) * 60_000 + 1
            usage.add(
                WriteCharges(
                    milliseconds: usage.stamp(atMilliseconds: now),
                    charges: [
                        WriteCharge(
                            database: place, collection: CollectionID(place.uuid),
                            credential: .server, meter: .writtenBytes, quantity: 3)
                    ]), at: UInt64(number))
        }
        #expect(usage.cells.count == WriteUsage.cellsMax)
        #expect(usage.cells.values.reduce(0, +) == UInt64(WriteUsage.cellsMax + 500) * 3)
    }
}

/// Cells merged by their maximum, as the keeper does.
private final class CellLedger {
    private var cells: [String: UsageCell] = [:]

    func merge(_ more: [UsageCell]) {
        for cell in more {
            let name = "\(cell.key) \(cell.meter) \(cell.origin)"
            if let known = cells[name], known.quantity >= cell.quantity { continue }
            cells[name] = cell
        }
    }

    func sum(_ meter: Meter) -> UInt64 {
        cells.values.reduce(0) { $0 + ($1.meter == meter ? $1.quantity : 0) }
    }
}

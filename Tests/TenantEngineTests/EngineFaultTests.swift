import Access
import ChromaModel
import Glibc
import Platform
import TestSupport
import Testing

@testable import TenantEngine

@Suite("The engine on a failing disk")
struct EngineFaultTests {
    private static func world(on disk: SimulatedFileSystem) async throws
        -> (EngineWorld, CollectionID)
    {
        let world = try await EngineWorld(on: disk)
        let id = try await world.createCollection("records").id
        try await world.write(.add, .of(["kept"]), to: id)
        return (world, id)
    }

    @Test("one failed sync: the write is refused, the next request works without a restart")
    func failedSync() async throws {
        let disk = SimulatedFileSystem()
        let (world, id) = try await Self.world(on: disk)
        disk.use(.fail(.syncData, at: 1, errno: EIO))
        let error = await #expect(throws: ServiceError.self) {
            try await world.write(.add, .of(["refused"]), to: id)
        }
        #expect(error?.code == .unavailable)
        #expect(try await world.ids(id) == ["kept"])
        try await world.write(.add, .of(["next"]), to: id)
        #expect(try await world.ids(id) == ["kept", "next"])
        for seed in UInt64(0)..<20 {
            await world.restart(on: disk.crash(seed: seed))
            #expect(try await world.ids(id) == ["kept", "next"], "seed \(seed)")
        }
        await world.host.close()
    }

    @Test("a client that retries at once succeeds, however many were refused together")
    func retryAtOnce() async throws {
        let disk = SimulatedFileSystem()
        let (world, id) = try await Self.world(on: disk)
        let (host, scope) = (world.host, world.scope)
        for round in 0..<10 {
            disk.use(.fail(.syncData, at: 1, errno: EIO))
            await withTaskGroup(of: Void.self) { group in
                for writer in 0..<16 {
                    group.addTask {
                        let batch = RecordBatch.of(["\(round).\(writer)"])
                        do { try await host.write(batch, as: .upsert, to: id, in: scope) } catch {
                            await #expect(throws: Never.self) {
                                try await host.write(batch, as: .upsert, to: id, in: scope)
                            }
                        }
                    }
                }
            }
        }
        #expect(try await world.ids(id).count == 161)
        await world.restart(on: disk.crash(seed: 1))
        #expect(try await world.ids(id).count == 161)
        await world.host.close()
    }

    @Test("while reopening fails too, nothing is served; then nothing refused comes back")
    func failedReopening() async throws {
        let disk = SimulatedFileSystem()
        let (world, id) = try await Self.world(on: disk)
        disk.use(.failAll(.syncData, errno: EIO))
        for _ in 0..<3 {
            let error = await #expect(throws: ServiceError.self) {
                try await world.write(.add, .of(["refused"]), to: id)
            }
            #expect(error?.code == .unavailable)
        }
        disk.use(.none)
        #expect(try await world.ids(id) == ["kept"])
        try await world.write(.add, .of(["next"]), to: id)
        await world.restart(on: disk.crash(seed: 3))
        #expect(try await world.ids(id) == ["kept", "next"])
        await world.host.close()
    }

    @Test("a full disk refuses writes with 507, goes on reading, and recovers by itself")
    func outOfSpace() async throws {
        let disk = SimulatedFileSystem()
        let (world, id) = try await Self.world(on: disk)
        disk.use(.failAll(.write, errno: ENOSPC))
        for _ in 0..<5 {
            let error = await #expect(throws: ServiceError.self) {
                try await world.write(.add, .of(["refused"]), to: id)
            }
            #expect(error?.code == .insufficientStorage)
            #expect(try await world.ids(id) == ["kept"])
            await #expect(throws: (any Error).self) { try await world.seal() }
        }
        disk.use(.none)
        try await world.write(.add, .of(["next"]), to: id)
        try await world.seal()
        await world.restart(on: disk.crash(seed: 9))
        #expect(try await world.ids(id) == ["kept", "next"])
        await world.host.close()
    }

    @Test("a seal that fails again and again leaves nothing behind, whatever call fails")
    func failingSeals() async throws {
        for (operation, part) in [
            (SimulatedOperation.write, ".seg"), (.open, ".seg"), (.syncData, ".seg"),
            (.write, ".checkpoint"), (.rename, ".checkpoint"), (.write, ".log"),
        ] {
            let disk = SimulatedFileSystem()
            let (world, id) = try await Self.world(on: disk)
            disk.use(.failAll(operation, path: part, errno: ENOSPC))
            await #expect(throws: (any Error).self) { try await world.seal() }
            let files = disk.filePaths
            #expect(!files.contains { $0.hasSuffix(".seg") || $0.hasSuffix(".tmp") })
            #expect(files.count { $0.hasSuffix(".log") } <= 2)
            for number in 0..<5 {
                // A little fits now and then; a segment never does.
                if part != ".log" { try await world.write(.add, .of(["\(number)"]), to: id) }
                await #expect(throws: (any Error).self) { try await world.seal() }
                #expect(disk.filePaths == files, "\(operation) of \(part)")
            }
            let kept = try await world.ids(id)
            await world.restart(on: disk.kill())
            #expect(try await world.ids(id) == kept, "\(operation) of \(part)")
            try await world.seal()
            #expect(try await world.ids(id) == kept)
            await world.host.close()
        }
    }

    @Test("what was written while a seal failed is sealed with the next one that works")
    func sealAfterFailures() async throws {
        let disk = SimulatedFileSystem()
        let (world, id) = try await Self.world(on: disk)
        disk.use(.failAll(.write, path: ".seg", errno: ENOSPC))
        await #expect(throws: (any Error).self) { try await world.seal() }
        try await world.write(.upsert, .of(["kept", "new"]), to: id)
        disk.use(.none)
        try await world.seal()
        let parts = try await world.host.engine(for: world.scope.tenant)
            .collection(id, in: world.scope.database).contents.records?.snapshot().parts
        for part in parts ?? [] {
            if case .memory(let rows) = part.rows { #expect(rows.rowCount == 0) }
        }
        await world.restart(on: disk.crash(seed: 4))
        #expect(try await world.ids(id) == ["kept", "new"])
        await world.host.close()
    }

    @Test("one tenant's broken disk is nobody else's concern")
    func otherTenants() async throws {
        let disk = SimulatedFileSystem()
        let scopes = try TestScopes()
        let (bad, good) = (
            try await scopes.database("db_a", tenant: "bad"),
            try await scopes.database("db_b", tenant: "good")
        )
        let world = try await EngineWorld(on: disk, scope: bad)
        let badID = try await world.createCollection("c", in: bad).id
        let goodID = try await world.createCollection("c", in: good).id
        disk.use(.failAll(path: bad.tenant.description, errno: EIO))
        for index in 0..<10 {
            await #expect(throws: ServiceError.self) {
                try await world.host.write(.of(["x"]), as: .add, to: badID, in: bad)
            }
            try await world.host.write(.of(["\(index)"]), as: .add, to: goodID, in: good)
        }
        #expect(try await world.host.count(goodID, in: good) == 10)
        disk.use(.none)
        try await world.host.write(.of(["x"]), as: .add, to: badID, in: bad)
        #expect(try await world.host.count(badID, in: bad) == 1)
        await world.host.close()
    }

    @Test("a tenant with damaged files answers 503 and leaves the others alone")
    func corruptTenant() async throws {
        let disk = SimulatedFileSystem()
        let scopes = try TestScopes()
        let (bad, good) = (
            try await scopes.database("db_a", tenant: "bad"),
            try await scopes.database("db_b", tenant: "good")
        )
        let world = try await EngineWorld(on: disk, scope: bad)
        var ids: [CollectionID] = []
        for scope in [bad, good] {
            let id = try await world.createCollection("c", in: scope).id
            try await world.host.write(.of(["a", "b"]), as: .add, to: id, in: scope)
            ids.append(id)
        }
        let log = try #require(disk.filePaths.first { $0.contains(bad.tenant.description) })
        let damaged = disk.kill()
        damaged.flipBit(8 * 90, of: log)
        await world.restart(on: damaged)
        let before = damaged.contents(log)
        for _ in 0..<3 {
            let error = await #expect(throws: ServiceError.self) {
                try await world.host.count(ids[0], in: bad)
            }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains("/") == false, "no path is shown to a client")
            #expect(try await world.host.count(ids[1], in: good) == 2)
        }
        #expect(damaged.contents(log) == before, "damaged files stay as they are")
        damaged.flipBit(8 * 90, of: log)
        #expect(try await world.host.count(ids[0], in: bad) == 2, "repaired, it opens again")
        await world.host.close()
    }

    @Test("closing finishes queued writes; later calls are refused")
    func closing() async throws {
        let disk = SimulatedFileSystem()
        let (world, id) = try await Self.world(on: disk)
        let (host, scope) = (world.host, world.scope)
        let acknowledged = await withTaskGroup(of: String?.self) { group in
            for index in 0..<64 {
                group.addTask {
                    do {
                        try await host.write(.of(["\(index)"]), as: .add, to: id, in: scope)
                        return "\(index)"
                    } catch { return nil }
                }
            }
            group.addTask {
                await host.close()
                return nil
            }
            return await group.reduce(into: Set<String>()) { if let id = $1 { $0.insert(id) } }
        }
        let error = await #expect(throws: ServiceError.self) {
            try await host.count(id, in: scope)
        }
        #expect(error?.code == .unavailable)
        await world.restart(on: disk.crash(seed: 2))
        #expect(Set(try await world.ids(id)).isSuperset(of: acknowledged))
        await world.host.close()
    }
}

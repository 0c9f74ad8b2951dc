import Access
import ChromaModel
import Platform
import TenantStorage
import TestSupport
import Testing

@testable import TenantEngine
@testable import TenantTools

@Suite("Restoring a tenant from a backup")
struct RestoreTests {
    @Test("a restored tenant answers as the backup says, under other ids")
    func roundTrip() async throws {
        let backup = try await BackupWorld()
        let manifest = try await backup.create(in: "/backups/1")
        #expect(manifest.collections.map(\.name).sorted() == ["first", "fork", "second"])
        let before = try await backup.world.contents()
        let (verification, contents) = try await backup.restore(from: "/backups/1")
        #expect(verification.differences == [])
        #expect(verification.records == 19)
        #expect(verification.filters > 10 && verification.searches > 10)
        #expect(contents == before)
        await backup.world.close()
    }

    @Test("a restored tenant goes on: it takes writes, seals, and opens again")
    func restoredTenantLives() async throws {
        let backup = try await BackupWorld()
        _ = try await backup.create(in: "/backups/1")
        let (scope, _) = try await backup.install(from: "/backups/1")
        let target = try await ToolsWorld(
            on: backup.disk, directory: backup.world.directory, scope: scope)
        let list = try await target.host.listCollections(in: scope, offset: 0, limit: nil)
        let first = try #require(list.first { $0.name == CollectionName("first") })
        try await target.upsert(100..<120, to: first.id)
        try await target.seal()
        try await target.upsert(0..<2, to: first.id)
        let contents = try await target.contents()
        await target.reopen()
        #expect(try await target.contents() == contents)
        await target.close()
        #expect(try target.survey().findings == [])
        await backup.world.close()
    }

    @Test("a difference between backup and tenant is said, collection by collection")
    func differencesAreFound() async throws {
        let backup = try await BackupWorld()
        _ = try await backup.create(in: "/backups/1")
        let (scope, installed) = try await backup.install(from: "/backups/1")
        let target = try await ToolsWorld(
            on: backup.disk, directory: backup.world.directory, scope: scope)
        let list = try await target.host.listCollections(in: scope, offset: 0, limit: nil)
        let second = try #require(list.first { $0.name == CollectionName("second") })
        try await target.delete(["0"], from: second.id)
        let verification = try await backup.backups(target.host).verify(installed) { _ in scope }
        #expect(!verification.differences.isEmpty)
        #expect(verification.differences.allSatisfy { $0.contains("second") })
        await target.close()
        await backup.world.close()
    }

    @Test("a restore that is cut short anywhere leaves nothing once the server has started again")
    func cutShort() async throws {
        let backup = try await BackupWorld()
        _ = try await backup.create(in: "/backups/1")
        await backup.world.close()
        var points = 0
        for count in 0... {
            let disk = backup.disk.kill()
            disk.use(.stop(after: count))
            let scope = try? await backup.install(from: "/backups/1", on: disk)
            if scope != nil { break }
            for found in [disk.kill(), disk.crash(seed: UInt64(count))] {
                try await backup.backups(backup.world.host, on: found)
                    .removeUnfinished { _ in false }
                #expect(backup.restored(on: found) == [], "stopped after \(count) operations")
            }
            points += 1
        }
        #expect(points > 20)
    }

    @Test("a restore that fails on a call leaves nothing")
    func failingDisk() async throws {
        let backup = try await BackupWorld()
        _ = try await backup.create(in: "/backups/1")
        await backup.world.close()
        let before = backup.disk.filePaths
        for operation in 1... {
            let disk = backup.disk.kill()
            disk.use(.fail(at: operation, errno: 28))
            do { _ = try await backup.install(from: "/backups/1", on: disk) } catch {
                #expect(error is ServiceError)
                disk.use(.none)
                try await backup.backups(backup.world.host, on: disk)
                    .removeUnfinished { _ in false }
                #expect(disk.filePaths == before, "operation \(operation)")
                continue
            }
            // The tenant is there: a failure to cross it off the list doesn't matter.
            #expect(operation > 20)
            break
        }
    }

    @Test("a refused name leaves nothing; a lost answer leaves all, until it is known")
    func adoptionFails() async throws {
        let backup = try await BackupWorld()
        _ = try await backup.create(in: "/backups/1")
        await backup.world.close()
        let before = backup.disk.filePaths
        await #expect(throws: ServiceError.self) {
            try await backup.install(from: "/backups/1") {
                throw ServiceError(.alreadyExists, "Tenant [other] already exists")
            }
        }
        #expect(backup.disk.filePaths == before)
        await #expect(throws: ServiceError.self) {
            try await backup.install(from: "/backups/1") {
                throw ServiceError(.unavailable, "the connection broke off")
            }
        }
        let left = backup.disk.filePaths
        #expect(left.count > before.count)
        let (committed, lost) = (backup.disk.kill(), backup.disk.kill())
        try await backup.backups(backup.world.host, on: committed)
            .removeUnfinished { _ in true }
        #expect(committed.filePaths == left.filter { !$0.hasPrefix("/simulated/restores/") })
        try await backup.backups(backup.world.host, on: lost).removeUnfinished { _ in false }
        #expect(lost.filePaths == before)
    }

    @Test("a backup that changes between the check and the copy is refused, and nothing is left")
    func changedMeanwhile() async throws {
        let backup = try await BackupWorld()
        _ = try await backup.create(in: "/backups/1")
        await backup.world.close()
        let before = backup.disk.filePaths
        let segment = try #require(before.first { $0.hasPrefix("/backups/1/segments/") })
        let reader = try BackupReader("/backups/1", fileSystem: backup.disk)
        backup.disk.flipBit(800, of: segment)
        await #expect(throws: ServiceError.self) { try await backup.install(reader) }
        #expect(backup.disk.filePaths == before)
    }
}

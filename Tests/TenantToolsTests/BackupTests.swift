import Access
import ChromaModel
import Platform
import TenantStorage
import TestSupport
import Testing

@testable import TenantEngine
@testable import TenantTools

@Suite("Backing a tenant up")
struct BackupTests {
    @Test("a backup is one cut through all collections, though several write meanwhile")
    func oneCutOfAll() async throws {
        let backup = try await BackupWorld()
        let (left, right) = (
            try await backup.world.create("left"), try await backup.world.create("right")
        )
        let (host, scope) = (backup.world.host, backup.world.scope)
        let writers = (0..<4).map { writer in
            Task {
                // Left before right, three records at a time: none is acknowledged alone.
                for number in stride(from: writer * 1000, to: writer * 1000 + 150, by: 3) {
                    for id in [left, right] {
                        try await host.write(
                            .numbered(number..<(number + 3)), as: .add, to: id, in: scope)
                    }
                }
            }
        }
        for number in 0..<6 {
            _ = try await backup.create(in: "/backups/\(number)")
            let stored = try backup.stored(in: "/backups/\(number)")
            for writer in 0..<4 {
                let counts = [left, right].map { id in
                    stored.first { $0.state.id == id }?.numbers(of: writer) ?? []
                }
                for found in counts {
                    let start = writer * 1000
                    #expect(found == Array(start..<(start + found.count)))
                    #expect(found.count % 3 == 0)
                }
                #expect([0, 3].contains(counts[0].count - counts[1].count))
            }
        }
        for writer in writers { try await writer.value }
        await backup.world.close()
    }

    @Test("writes that come after the cut are not in the backup, all before are")
    func oneCut() async throws {
        let backup = try await BackupWorld()
        let id = try await backup.world.create("running")
        let (host, scope) = (backup.world.host, backup.world.scope)
        let writer = Task {
            for number in 0..<200 {
                try await host.write(
                    .numbered(number..<(number + 1)), as: .upsert, to: id, in: scope)
            }
        }
        var counts: [Int] = []
        for number in 0..<6 {
            let acknowledged = try await backup.world.host.count(id, in: backup.world.scope)
            let manifest = try await backup.create(in: "/backups/\(number)")
            let found = manifest.collections.first { $0.name == "running" }?.records ?? 0
            #expect(found >= acknowledged)
            counts.append(found)
            let stored = try backup.stored(in: "/backups/\(number)").first { $0.state.id == id }
            // One writer writes in order: a cut is a beginning of what it wrote.
            #expect(stored?.rows.map { stored?.id($0).value } == (0..<found).map { "\($0)" })
        }
        #expect(counts == counts.sorted())
        try await writer.value
        await backup.world.close()
    }

    @Test("a cut can be written after seals have removed all its segments")
    func removedSegments() async throws {
        let backup = try await BackupWorld()
        let (world, disk) = (backup.world, backup.disk)
        func segments() -> [String] {
            disk.filePaths.filter { $0.hasPrefix(world.files.segments) }
        }
        let cut = try await world.host.cut(world.scope.tenantScope)
        #expect(!segments().isEmpty && cut.segments.count == segments().count)
        try await world.host.deleteAllCollections(in: world.scope)
        try await world.seal()
        #expect(segments() == [])
        let writer = BackupWriter(
            fileSystem: disk, directory: "/backups/1", tenant: world.scope.tenant)
        let manifest = try backup.write(cut, with: writer)
        #expect(manifest.collections.map(\.records).reduce(0, +) == 19)
        #expect(try backup.stored(in: "/backups/1").count == 3)
        await world.close()
    }

    @Test("a backup of which any bit has changed is refused")
    func flippedBits() async throws {
        let backup = try await BackupWorld()
        _ = try await backup.create(in: "/backups/1")
        await backup.world.close()
        var flips = 0
        for path in backup.disk.filePaths where path.hasPrefix("/backups/1/") {
            let count = try #require(backup.disk.contents(path)).count
            for byte in stride(from: 0, to: count, by: 3) {
                backup.disk.flipBit(byte * 8 + byte % 8, of: path)
                let error = #expect(throws: ServiceError.self, "byte \(byte) of \(path)") {
                    try BackupReader("/backups/1", fileSystem: backup.disk)
                }
                #expect(error?.code == .failedPrecondition)
                backup.disk.flipBit(byte * 8 + byte % 8, of: path)
                flips += 1
            }
        }
        #expect(flips > 1000)
        _ = try BackupReader("/backups/1", fileSystem: backup.disk)
    }

    @Test("a file of a backup that is missing is a refusal, and so is an unfinished backup")
    func missingFiles() async throws {
        let backup = try await BackupWorld()
        _ = try await backup.create(in: "/backups/1")
        await backup.world.close()
        for path in backup.disk.filePaths where path.hasPrefix("/backups/1/") {
            let disk = backup.disk.kill()
            try disk.removeFile(path)
            #expect(throws: ServiceError.self, "\(path)") {
                try BackupReader("/backups/1", fileSystem: disk)
            }
        }
    }

    @Test("a backup goes into an empty directory only, by its whole path")
    func targetDirectory() async throws {
        let backup = try await BackupWorld()
        _ = try await backup.create(in: "/backups/1")
        await #expect(throws: ServiceError.self) { try await backup.create(in: "/backups/1") }
        let refused = [
            "backups/2", "/simulated/backups/2", "/simulated", "/backups/../simulated/tenants/2",
        ]
        for path in refused {
            let error = await #expect(throws: ServiceError.self, "\(path)") {
                try await backup.create(in: path)
            }
            #expect(error?.code == .invalidArgument)
        }
        _ = try BackupReader("/backups/1", fileSystem: backup.disk)
        await backup.world.close()
    }

    @Test("of two backups into one directory at once one is refused, and the other is whole")
    func oneAtATime() async throws {
        let backup = try await BackupWorld()
        let writer = BackupWriter(
            fileSystem: backup.disk, directory: "/backups/1", tenant: backup.world.scope.tenant)
        try writer.prepare(outside: "/simulated")
        await #expect(throws: ServiceError.self) { try await backup.create(in: "/backups/1") }
        let error = #expect(throws: ServiceError.self) {
            try BackupReader("/backups/1", fileSystem: backup.disk)
        }
        #expect(error?.code == .notFound)
        await backup.world.close()
    }

    @Test("a disk that fails leaves no backup that could be taken for one")
    func failingDisk() async throws {
        for operation in stride(from: 1, to: 60, by: 4) {
            let backup = try await BackupWorld()
            let cut = try await backup.world.host.cut(backup.world.scope.tenantScope)
            await backup.world.close()
            backup.disk.use(.fail(at: operation, errno: 5))
            let writer = BackupWriter(
                fileSystem: backup.disk, directory: "/backups/1",
                tenant: backup.world.scope.tenant)
            let written = try? backup.write(cut, with: writer)
            backup.disk.use(.none)
            let read = try? BackupReader("/backups/1", fileSystem: backup.disk)
            #expect((written == nil) == (read == nil), "operation \(operation)")
        }
    }
}

extension StoredRecords {
    /// The numbers among the ids that one of the writers wrote, in insertion order.
    fileprivate func numbers(of writer: Int) -> [Int] {
        rows.compactMap { Int(id($0).value) }.filter { $0 / 1000 == writer }
    }
}

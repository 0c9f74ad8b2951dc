import Access
import ChromaModel
import Platform
import TenantStorage
import TestSupport
import Testing

@testable import TenantEngine
@testable import TenantTools

@Suite("Scrubbing a tenant's files")
struct ScrubTests {
    @Test("a tenant that was written, forked, sealed and closed is clean")
    func cleanTenant() async throws {
        let survey = try await ToolsWorld.filled().survey()
        #expect(survey.findings == [])
        #expect(survey.entryCount == 4)
        #expect(survey.checkpoint?.collections.count == 3)
    }

    @Test("random work, whether ended in order or killed, gives no false alarm", arguments: 1...6)
    func noFalseAlarm(seed: UInt64) async throws {
        let random = SeededRandom(seed: seed)
        let disk = SimulatedFileSystem()
        let world = try await ToolsWorld(on: disk)
        var collections = [try await world.create("0")]
        for step in 1...60 {
            let target = collections[random.below(collections.count)]
            switch random.below(9) {
            case 0: collections.append(try await world.create("\(step)"))
            case 1: try await world.delete(["\(random.below(40))", "7"], from: target)
            case 2: try await world.seal()
            case 3:
                let name = CollectionName("fork of \(step)")
                collections.append(
                    try await world.host.forkCollection(target, as: name, in: world.scope).id)
            case 4 where step % 3 == 0: await world.reopen()
            default:
                let start = random.below(40)
                try await world.upsert(start..<(start + 1 + random.below(9)), to: target)
            }
            let killed = TenantFiles(
                world.files.root, tenant: world.scope.tenant, fileSystem: disk.kill())
            let findings = try TenantSurvey.survey(killed).findings
            #expect(
                findings.allSatisfy { $0.severity == .leftover },
                "seed \(seed), step \(step): \(findings)")
        }
        await world.close()
        #expect(try world.survey().findings == [], "seed \(seed)")
    }

    @Test("a group that a dying process wrote in part is a leftover")
    func tornEnd() async throws {
        let disk = SimulatedFileSystem()
        let world = try await ToolsWorld.filled(on: disk)
        let log = try #require(try world.survey().logs.last)
        let file = try disk.open(log.path, .existing)
        try file.truncate(to: UInt64(log.byteCount - 5))
        try disk.removeFile(world.files.mark.path)
        let survey = try world.survey()
        #expect(survey.isClean)
        #expect(survey.findings.map(\.file) == [log.path])
        #expect(survey.findings.first?.offset == log.frames.last.map { UInt64($0.lowerBound) })
    }

    @Test("a log that ends before the mark of what was acknowledged is damaged; repair resets it")
    func lostEnd() async throws {
        let disk = SimulatedFileSystem()
        let world = try await ToolsWorld.filled(on: disk)
        let log = try #require(try world.survey().logs.last)
        let file = try disk.open(log.path, .existing)
        try file.truncate(to: UInt64(try #require(log.frames.last).lowerBound))
        let survey = try world.survey()
        let finding = try #require(survey.findings.first)
        #expect(finding.severity == .damage && finding.what.contains("was acknowledged"))
        await world.reopen()
        await #expect(throws: ServiceError.self) { try await world.contents() }
        await world.close()
        #expect(try TenantScrub(world.files).run(repairing: true).isCleanNow)
        await world.reopen()
        #expect(try await world.contents().contains { $0.hasPrefix("4 ") })
        await world.close()
        #expect(try world.survey().findings == [])
    }

    @Test("every flipped bit is found, in the file and before or at the place where it is")
    func everyFlip() async throws {
        let disk = SimulatedFileSystem()
        let world = try await ToolsWorld.filled(on: disk)
        var flips = 0
        for path in disk.filePaths where path.hasPrefix(world.files.root) {
            let count = try #require(disk.contents(path)).count
            for byte in stride(from: 0, to: count, by: 1) {
                disk.flipBit(byte * 8 + (byte % 8), of: path)
                let survey = try world.survey()
                let found = survey.findings.first { $0.file == path }
                #expect(!survey.isClean, "byte \(byte) of \(path)")
                #expect(found.map { $0.offset ?? 0 <= UInt64(byte) } ?? false, "\(byte) \(path)")
                disk.flipBit(byte * 8 + (byte % 8), of: path)
                flips += 1
            }
        }
        #expect(flips > 2000)
        #expect(try world.survey().findings == [])
    }

    @Test("a file that is missing is found, whichever it is")
    func missingFiles() async throws {
        for index in 0..<20 {
            let disk = SimulatedFileSystem()
            let world = try await ToolsWorld.filled(on: disk)
            // Without the mark nothing is missing: it is made anew.
            let paths = disk.filePaths.filter {
                $0.hasPrefix(world.files.root) && $0 != world.files.mark.path
            }
            guard index < paths.count else { return #expect(index >= 3) }
            try disk.removeFile(paths[index])
            let survey = try world.survey()
            #expect(!survey.isClean, "\(paths[index])")
        }
    }

    @Test("files that nothing names are leftovers, each by its name")
    func orphans() async throws {
        let disk = SimulatedFileSystem()
        let world = try await ToolsWorld.filled(on: disk)
        let names = [
            "segments/00000000-0000-4000-8000-000000000000.seg", "segments/notes.txt",
            "log/00000001.log", "log/00000009.checkpoint.tmp",
        ].map { world.files.root + "/" + $0 }
        for name in names { _ = try disk.open(name, .createNew) }
        let survey = try world.survey()
        #expect(survey.isClean)
        #expect(Set(survey.findings.map(\.file)) == Set(names))
    }

    @Test("a checkpoint that points wrongly is found, though its checksum is right")
    func wrongReferences() async throws {
        let disk = SimulatedFileSystem()
        let world = try await ToolsWorld.filled(on: disk)
        let good = try #require(try world.survey().checkpoint)
        let collection = try #require(good.collections.first { !$0.parts.isEmpty })
        let part = collection.parts[0]
        func check(
            nextOrder: UInt64? = nil, _ parts: [Checkpoint.Part], _ words: String
        ) throws {
            let wrong = Checkpoint.Collection(
                state: collection.state, nextOrder: nextOrder ?? collection.nextOrder,
                logicalBytes: collection.logicalBytes, parts: parts, unfolded: [])
            try world.files.checkpoints.write(
                Checkpoint(logFile: good.logFile, position: good.position, collections: [wrong]))
            let findings = try world.survey().findings.filter { $0.severity == .damage }
            #expect(findings.contains { $0.what.contains(words) }, "\(findings)")
        }
        func changed(
            segment: SegmentID? = nil, storedAs: CollectionID? = nil, deleted: [UInt32]? = nil,
            extent: SegmentExtent? = nil
        ) -> Checkpoint.Part {
            Checkpoint.Part(
                segment: segment ?? part.segment, storedAs: storedAs ?? part.storedAs,
                deletedRows: deleted ?? part.deletedRows, extent: extent ?? part.extent)
        }
        let nobody = UniqueID(high: 0x0123_4567_89AB_4DEF, low: 0x8000_0000_0000_0001)
        try check([changed(segment: SegmentID(nobody))], "missing")
        try check([changed(storedAs: CollectionID(nobody))], "no rows of")
        try check([changed(deleted: [99_999])], "deleted rows")
        try check([changed(deleted: [2, 1])], "deleted rows")
        try check([changed(extent: SegmentExtent(rowCount: 0, orders: nil))], "should have 0")
        try check([part, part], "live beside another version")
        try check(nextOrder: 0, [part], "no place of its own")
    }

    @Test("a catalog that is damaged, foreign or wrong is found")
    func catalog() async throws {
        let directory = TemporaryDirectory()
        let world = try await ToolsWorld(on: PosixFileSystem(), directory: directory.path)
        let id = try await world.create("kept")
        try await world.upsert(0..<3, to: id)
        await world.close()
        #expect(try world.survey().findings == [])

        let other = TenantID(UniqueID(high: 1, low: 1))
        for tenant in [world.scope.tenant, other] {
            try PosixFileSystem().removeFile(world.files.catalog)
            let forged = try Catalog(path: world.files.catalog, tenant: tenant)
            try forged.apply([], upTo: LogPosition(2))
            try forged.close()
            let findings = try world.survey().findings
            #expect(findings.contains { $0.file == world.files.catalog && !($0.offset != nil) })
        }
        let file = try PosixFileSystem().open(world.files.catalog, .existing)
        try file.truncate(to: 700)
        let finding = try #require(try world.survey().findings.first)
        #expect(finding.severity == .derivable && finding.file == world.files.catalog)
    }

    @Test("a catalog that is ahead of the log shows that the log lost its end")
    func catalogAhead() async throws {
        let directory = TemporaryDirectory()
        let world = try await ToolsWorld(on: PosixFileSystem(), directory: directory.path)
        _ = try await world.create("kept")
        await world.close()
        let catalog = try Catalog(path: world.files.catalog, tenant: world.scope.tenant)
        try catalog.apply([], upTo: LogPosition(9))
        try catalog.close()
        let finding = try #require(try world.survey().findings.first)
        #expect(finding.severity == .damage && finding.what.contains("entry 9"))
    }
}

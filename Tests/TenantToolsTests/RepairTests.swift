import ChromaModel
import Platform
import TenantStorage
import TestSupport
import Testing

@testable import TenantEngine
@testable import TenantTools

@Suite("Repairing a tenant's files")
struct RepairTests {
    @Test("a damaged id table, norm or index is made anew, and no record is touched")
    func derivableSections() async throws {
        for kind in [SectionKind.idTable, .inverseNorms] {
            let disk = SimulatedFileSystem()
            let world = try await ToolsWorld.filled(on: disk)
            let (path, section) = try Self.section(kind, of: world)
            disk.flipBit(section.lowerBound * 8, of: path)
            let report = try TenantScrub(world.files).run(repairing: true)
            #expect(!report.isClean && report.isCleanNow, "\(report)")
            #expect(report.findings.allSatisfy { $0.severity == .derivable })
            try await Self.expectIntact(world)
        }
    }

    @Test("a damaged column costs the rows of its collection in that segment, and no others")
    func damagedColumn() async throws {
        let disk = SimulatedFileSystem()
        let world = try await ToolsWorld.filled(on: disk)
        let survey = try world.survey()
        let segment = try #require(survey.segments.values.first { $0.collections.count > 1 })
        let victim = try #require(segment.collections.first)
        let section = try #require(victim.sections.first { $0.kind == .documents })
        disk.flipBit(section.range.lowerBound * 8 + 3, of: segment.path)
        let report = try TenantScrub(world.files).run(repairing: true)
        #expect(report.isCleanNow, "\(report)")
        await world.reopen()
        let lines = try await world.contents()
        let twin = try await ToolsWorld.filled()
        await twin.reopen()
        #expect(try await lines.count < twin.contents().count)
        await twin.close()
        #expect(lines.filter { $0.hasPrefix("#") }.count == 3)
        let kept = try disk.list(world.files.quarantine + "/0001")
        #expect(kept.contains("note.txt"))
        #expect(kept.contains { $0.hasSuffix(".seg") } && kept.contains { $0.hasSuffix("point") })
        await world.close()
    }

    @Test("a damaged group of entries costs itself alone; what came behind it stays")
    func damagedLog() async throws {
        let disk = SimulatedFileSystem()
        let world = try await ToolsWorld.filled(on: disk)
        let log = try #require(try world.survey().logs.last)
        let frame = try #require(log.frames.first)
        disk.flipBit((frame.lowerBound + 40) * 8, of: log.path)
        let report = try TenantScrub(world.files).run(repairing: true)
        #expect(report.isCleanNow, "\(report)")
        await world.reopen()
        let lines = try await world.contents()
        #expect(lines.contains { $0.hasPrefix("21 ") })
        try await world.upsert(50..<51, to: try await world.create("after"))
        await world.close()
        #expect(try world.survey().findings == [])
    }

    @Test("whatever bit is flipped, the repaired tenant opens and is clean, or is left alone")
    func everyFlip() async throws {
        let random = SeededRandom(seed: 11)
        for _ in 0..<120 {
            let disk = SimulatedFileSystem()
            let world = try await ToolsWorld.filled(on: disk)
            let paths = disk.filePaths.filter { $0.hasPrefix(world.files.root) }
            let path = paths[random.below(paths.count)]
            let bit = random.below(try #require(disk.contents(path)).count * 8)
            disk.flipBit(bit, of: path)
            let before = disk.contents(path)
            let report = try TenantScrub(world.files).run(repairing: true)
            if path.hasSuffix(".checkpoint") {
                #expect(!report.isCleanNow && disk.contents(path) == before)
                continue
            }
            #expect(report.isCleanNow, "seed 11, bit \(bit) of \(path): \(report)")
            await world.reopen()
            #expect(try await world.contents().filter { $0.hasPrefix("#") }.count == 3)
            await world.close()
            #expect(try world.survey().findings == [], "seed 11, bit \(bit) of \(path)")
        }
    }

    @Test("a missing segment costs its rows; the tenant opens again")
    func missingSegment() async throws {
        let disk = SimulatedFileSystem()
        let world = try await ToolsWorld.filled(on: disk)
        let segment = try #require(try world.survey().segments.values.first)
        try disk.removeFile(segment.path)
        let report = try TenantScrub(world.files).run(repairing: true)
        #expect(report.isCleanNow, "\(report)")
        await world.reopen()
        #expect(try await world.contents().filter { $0.hasPrefix("#") }.count == 3)
        await world.close()
    }

    @Test("a scrub without repair changes nothing, and neither does a repair of clean files")
    func nothingChanges() async throws {
        let disk = SimulatedFileSystem()
        let world = try await ToolsWorld.filled(on: disk)
        func all() -> [String: [UInt8]] {
            Dictionary(uniqueKeysWithValues: disk.filePaths.map { ($0, disk.contents($0) ?? []) })
        }
        let clean = all()
        _ = try TenantScrub(world.files).run(repairing: true)
        #expect(all() == clean)
        let (path, section) = try Self.section(.idTable, of: world)
        disk.flipBit(section.lowerBound * 8, of: path)
        let damaged = all()
        _ = try TenantScrub(world.files).run(repairing: false)
        #expect(all() == damaged)
    }

    private static func section(_ kind: SectionKind, of world: ToolsWorld) throws
        -> (path: String, range: Range<Int>)
    {
        let segment = try #require(try world.survey().segments.values.first)
        let section = try #require(
            segment.collections.first?.sections.first { $0.kind == kind })
        return (segment.path, section.range)
    }

    /// The tenant reads as an undamaged one of the same history.
    private static func expectIntact(_ world: ToolsWorld) async throws {
        let twin = try await ToolsWorld.filled()
        await twin.reopen()
        await world.reopen()
        #expect(try await world.contents() == twin.contents())
        await twin.close()
        await world.close()
        #expect(try world.survey().findings == [])
    }
}

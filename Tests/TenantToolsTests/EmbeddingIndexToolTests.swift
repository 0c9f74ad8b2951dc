import Access
import ChromaModel
import Platform
import TenantStorage
import TestSupport
import Testing

@testable import TenantTools

@Suite("Index files under the tools")
struct EmbeddingIndexToolTests {
    /// A tenant with an index beside one of its segments.
    private static func world() async throws -> (ToolsWorld, SimulatedFileSystem, SegmentPart) {
        let disk = SimulatedFileSystem()
        let world = try await ToolsWorld.filled(on: disk)
        let part = try #require(try world.survey().checkpoint?.segmentParts.first)
        try write(part, in: world)
        return (world, disk, part)
    }

    private static func write(_ part: SegmentPart, in world: ToolsWorld) throws {
        let contents = IndexFileWriter.Contents(
            rowCount: 8, codes: [UInt8](repeating: 1, count: 200),
            graph: [UInt8](repeating: 2, count: 70), measuredRecall: 0.991)
        try IndexFileWriter(
            part, in: world.files.segments, fileSystem: world.files.fileSystem
        ).write(contents) { false }
    }

    private static func path(_ part: SegmentPart, in world: ToolsWorld) -> String {
        world.files.segments + "/" + IndexFileFormat.fileName(part)
    }

    @Test("a whole index is clean, and inspect says what it is")
    func whole() async throws {
        let (world, disk, part) = try await Self.world()
        #expect(try world.survey().findings == [])
        let report = try Inspector(fileSystem: disk).report(on: Self.path(part, in: world))
        #expect(report.kind == "index" && report.findings.isEmpty)
        let facts = Dictionary(uniqueKeysWithValues: report.facts.map { ($0.name, $0.value) })
        #expect(facts["rows"] == "8" && facts["graph_bytes"] == "70")
        #expect(facts["recall_at_10"] == "0.991" && facts["segment"] == "\(part.segment)")
        let tenant = try Inspector(fileSystem: disk).report(on: world.files.root)
        #expect(tenant.facts.contains { $0.name == "indexes" && $0.value == "1" })
    }

    @Test("every flipped bit is found, derivable, and repaired by taking the file away")
    func flipped() async throws {
        let (world, disk, part) = try await Self.world()
        let path = Self.path(part, in: world)
        for bit in stride(from: 0, to: (disk.contents(path)?.count ?? 0) * 8, by: 5) {
            let damaged = disk.kill()
            damaged.flipBit(bit, of: path)
            let files = TenantFiles(
                world.files.root, tenant: world.scope.tenant, fileSystem: damaged)
            let findings = try TenantSurvey.survey(files).findings
            #expect(findings.map(\.severity) == [.derivable], "bit \(bit)")
            #expect(findings.first?.file == path, "bit \(bit)")
        }
        disk.flipBit(3000, of: path)
        let report = try TenantScrub(world.files).run(repairing: true)
        #expect(!report.isClean && report.isCleanNow)
        #expect(disk.contents(path) == nil)
    }

    @Test("an index of rows that nobody names is a leftover")
    func orphan() async throws {
        let (world, _, part) = try await Self.world()
        let other = SegmentPart(
            segment: part.segment, storedAs: CollectionID(UniqueID(high: 1, low: 2)))
        try Self.write(other, in: world)
        #expect(try world.survey().findings.map(\.severity) == [.leftover])
    }
}

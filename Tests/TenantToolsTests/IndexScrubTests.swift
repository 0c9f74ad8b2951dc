import ChromaModel
import Platform
import TenantStorage
import TestSupport
import Testing

@testable import TenantEngine
@testable import TenantTools

/// Damage that no checksum tells: an index that was written wrong.
@Suite("Scrubbing indexes")
struct IndexScrubTests {
    private static let kinds = [
        SectionKind.metadataPostings, .trigramPostings, .embeddingSums,
    ]
    /// Enough rows for indexes.
    private static let rowCount = 600

    @Test("an index that is not what its rows give is found, and repair makes it anew")
    func wrongIndex() async throws {
        for kind in Self.kinds {
            let disk = SimulatedFileSystem()
            let world = try await Self.indexed(on: disk)
            let right = try await Self.answers(of: world)
            let (path, section) = try Self.section(kind, of: world)
            try Self.plant(in: section, of: path, on: disk)

            let finding = try #require(try world.survey().findings.first)
            #expect(finding.severity == .derivable && finding.file == path)
            let offset = Int(try #require(finding.offset))
            #expect(section.contains(offset), "\(finding)")
            #expect(finding.what.contains("\(kind)"))

            let report = try TenantScrub(world.files).run(repairing: true)
            #expect(!report.isClean && report.isCleanNow, "\(report)")
            #expect(try world.survey().findings == [])
            #expect(try await Self.answers(of: world) == right)
        }
    }

    @Test("of an index every byte counts: any change is found though the checksums are right")
    func everyByte() async throws {
        for kind in Self.kinds {
            let disk = SimulatedFileSystem()
            let world = try await Self.indexed(on: disk)
            let (path, section) = try Self.section(kind, of: world)
            let whole = try #require(disk.contents(path))
            for place in stride(from: section.lowerBound, to: section.upperBound, by: 97) {
                var bytes = whole
                bytes[place] ^= 0x04
                Self.sign(&bytes, section)
                try disk.overwrite(path, bytes)
                #expect(try !world.survey().isClean, "byte \(place) of \(kind)")
            }
        }
    }

    /// A tenant with one sealed collection whose segment has indexes.
    private static func indexed(on disk: SimulatedFileSystem) async throws -> ToolsWorld {
        let world = try await ToolsWorld(on: disk)
        try await world.upsert(0..<rowCount, to: try await world.create("indexed"))
        try await world.seal()
        await world.close()
        #expect(try world.survey().findings == [])
        return world
    }

    /// What filters select that the two indexes answer.
    private static func answers(of world: ToolsWorld) async throws -> [[RecordID]] {
        await world.reopen()
        let id = try #require(
            try await world.host.listCollections(in: world.scope, offset: 0, limit: nil).first?.id)
        var answers: [[RecordID]] = []
        for filter in [
            Where.metadata(MetadataKey("n"), .equal(.number(.int(1)))),
            .document(.contains("document 10")),
        ] {
            let request = GetRequest(selection: RecordSelection(filter: filter), include: [])
            answers.append(
                try await world.host.get(request, from: id, in: world.scope).map(\.id))
        }
        await world.close()
        return answers
    }

    private static func section(_ kind: SectionKind, of world: ToolsWorld) throws
        -> (path: String, range: Range<Int>)
    {
        let segment = try #require(try world.survey().segments.values.first)
        let section = try #require(
            segment.collections.first?.sections.first { $0.kind == kind })
        return (segment.path, section.range)
    }

    /// Changes a posting near the section's end and makes every checksum right again.
    private static func plant(
        in section: Range<Int>, of path: String, on disk: SimulatedFileSystem
    ) throws {
        var bytes = try #require(disk.contents(path))
        bytes[max(section.upperBound - 12, section.lowerBound)] ^= 0x01
        sign(&bytes, section)
        try disk.overwrite(path, bytes)
    }

    /// Puts the checksum of a section into the directory, and the directory's into the trailer.
    private static func sign(_ bytes: inout [UInt8], _ section: Range<Int>) {
        let trailer = bytes.count - 32
        let directory = Int(
            bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: trailer, as: UInt64.self) })
        // In the directory: offset, length, checksum.
        let entry =
            littleEndian(UInt64(section.lowerBound)) + littleEndian(UInt64(section.count))
        let place = (directory..<trailer).first { bytes[$0...].starts(with: entry) }
        guard let place else {
            Issue.record("the directory has no such section")
            return
        }
        put(checksum(of: section, in: bytes), at: place + entry.count, in: &bytes)
        put(checksum(of: directory..<trailer, in: bytes), at: trailer + 12, in: &bytes)
    }

    private static func checksum(of range: Range<Int>, in bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { crc32c(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    private static func put(_ value: UInt32, at place: Int, in bytes: inout [UInt8]) {
        bytes.replaceSubrange(place..<(place + 4), with: littleEndian(value))
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}

extension SimulatedFileSystem {
    fileprivate func overwrite(_ path: String, _ bytes: [UInt8]) throws {
        let file = try open(path, .existing)
        defer { file.close() }
        try bytes.withUnsafeBytes { try file.write($0, at: 0) }
    }
}

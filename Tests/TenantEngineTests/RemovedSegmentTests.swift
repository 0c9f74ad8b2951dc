import Access
import ChromaModel
import Platform
import TestSupport
import Testing

@testable import TenantEngine
@testable import TenantStorage

/// Readers and seals go on beside each other: a segment's name may go while it is read.
@Suite("A segment that is removed while it is read")
struct RemovedSegmentTests {
    private func segments(_ disk: SimulatedFileSystem) -> [String] {
        disk.filePaths.filter { $0.hasSuffix(".seg") }
    }

    @Test("gives a snapshot the sections that nobody had asked for before it was removed")
    func firstUseAfterRemoval() async throws {
        let disk = SimulatedFileSystem()
        let world = try await EngineWorld(on: disk)
        let id = try await world.createCollection("c").id
        let ids = (0..<SegmentFormat.indexedRowsMin).map { "\($0)" }
        try await world.write(.add, .of(ids, documents: ids.map { "document \($0)" }), to: id)
        try await world.seal()
        await world.restart()
        let engine = try await world.host.engine(for: world.scope.tenant)
        let collection = try engine.collection(id, in: world.scope.database)
        let snapshot = try await engine.records(of: collection, needing: .lookup).snapshot()
        _ = try await world.host.delete(
            RecordSelection(ids: ids.map { RecordID($0) }), limit: nil, from: id, in: world.scope)
        try await world.seal()
        #expect(segments(disk) == [])
        let part = try #require(snapshot.parts.first)
        guard case .segment(let sections) = part.rows else {
            Issue.record("the rows are not in a segment")
            return
        }
        #expect(!sections.has(.trigramPostings))
        try sections.require(.all)
        #expect(sections.document(7) == "document 7")
        await world.host.close()
    }

    @Test("counts as mapped until the last reader is gone")
    func counted() async throws {
        let world = try await EngineWorld()
        let id = try await world.createCollection("c").id
        try await world.write(.add, .of(["1"]), to: id)
        try await world.seal()
        var cut: TenantCut? = try await world.host.cut(world.scope.tenantScope)
        #expect(cut?.segments.count == 1)
        await world.host.close()
        #expect(world.host.mappings.files == 1)
        cut = nil
        #expect(world.host.mappings.files == 0)
    }
}

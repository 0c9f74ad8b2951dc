import Access
import ChromaModel
import Platform
import TestSupport
import Testing
import VectorIndex

@testable import TenantEngine
@testable import TenantStorage

/// After a start a search by an index reads and checks the embeddings that it scores, no others.
@Suite("The first queries after a start")
struct FirstQueryTests {
    /// With the dimension below, a block of the embeddings has 16 rows.
    private static let dimension = 256

    /// A disk with a sealed collection and its index, and the world that made it, closed.
    private static func indexedDisk(rows: Int, _ sizeClass: SizeClass = .codes) async throws
        -> (SimulatedFileSystem, IndexedWorld)
    {
        let disk = SimulatedFileSystem()
        let indexed = try await IndexedWorld(
            on: disk, dimension: dimension, sizeClass: sizeClass)
        try await indexed.write(0..<rows)
        try await indexed.seal()
        await indexed.world.host.close()
        return (disk, indexed)
    }

    private static func embeddings(
        of collection: CollectionID, on disk: SimulatedFileSystem
    ) throws -> (path: String, range: Range<Int>) {
        let path = try #require(disk.filePaths.first { $0.hasSuffix(".seg") })
        let slash = try #require(path.lastIndex(of: "/"))
        let id = try #require(UniqueID(String(path[slash...].dropFirst().dropLast(4))))
        let file = try SegmentFile(
            SegmentID(id), in: String(path[..<slash]), fileSystem: disk)
        let section = try #require(try file.contents(of: collection).sections[.embeddings])
        return (path, section.range)
    }

    /// What a query for the nearest one finds; nil when it is refused.
    private static func answer(_ indexed: IndexedWorld, to query: [Float]) async throws
        -> [[String]]?
    {
        do {
            return try await indexed.query([query], count: 1)
        } catch let error as ServiceError {
            #expect(error.code == .unavailable)
            return nil
        }
    }

    @Test("a damaged embedding is never part of an answer: it is refused when it is first scored")
    func damagedBlocks() async throws {
        // A graph is searched with few rows scored.
        let (disk, indexed) = try await Self.indexedDisk(rows: 400, .graph)
        let (path, range) = try Self.embeddings(of: indexed.collection, on: disk)
        let query = indexed.vector()
        await indexed.world.restart(on: disk.kill())
        let expected = try await indexed.query([query], count: 1)
        var (answered, refused) = (0, 0)
        let blockBytes = SegmentFormat.embeddingBlockBytes
        for start in stride(from: range.lowerBound, to: range.upperBound, by: blockBytes) {
            let damaged = disk.kill()
            let end = min(range.upperBound, start + blockBytes)
            let bit = start * 8 + indexed.random.below((end - start) * 8)
            damaged.flipBit(bit, of: path)
            await indexed.world.restart(on: damaged)
            var answer = try await Self.answer(indexed, to: query)
            if answer == nil { refused += 1 } else { answered += 1 }
            // Behind the first answer the rest is checked: then everyone is refused.
            while let found = answer {
                #expect(found == expected, "bit \(bit)")
                try await Task.sleep(nanoseconds: 1_000_000)
                answer = try await Self.answer(indexed, to: query)
            }
        }
        #expect(answered > 0 && refused > 0, "\(answered) answered, \(refused) refused")
        await indexed.world.host.close()
    }

    @Test("the answers are those of embeddings that are all checked, and soon all are")
    func answers() async throws {
        let (disk, indexed) = try await Self.indexedDisk(rows: 400)
        let queries = (0..<20).map { _ in indexed.vector() }
        let isOdd = Where.metadata(MetadataKey("odd"), .equal(.bool(true)))
        await indexed.world.restart(on: disk.kill())
        #expect(try await indexed.query(queries) == queries.map { indexed.nearest(to: $0) })
        await indexed.world.restart(on: disk.kill())
        #expect(
            try await indexed.query(queries, where: isOdd)
                == queries.map { indexed.nearest(to: $0) { $0 % 2 == 1 } })
        let engine = try await indexed.engine
        let found = try engine.collection(indexed.collection, in: indexed.world.scope.database)
        while try !found.contents.read([]).snapshot().hasWholeEmbeddings {
            try await Task.sleep(nanoseconds: 1_000_000)
        }
        await indexed.world.host.close()
    }

    @Test("what an index can't search is scored when all embeddings are checked")
    func scans() async throws {
        let (disk, indexed) = try await Self.indexedDisk(rows: 400)
        let query = indexed.vector()
        // By ids, and without an index.
        await indexed.world.restart(on: disk.kill())
        let request = QueryRequest(
            embeddings: .rows([query]), selection: RecordSelection(ids: [RecordID("7")]),
            resultCount: 1)
        let found = try await indexed.world.host.query(
            request, in: indexed.collection, in: indexed.world.scope)
        #expect(found.map { $0.map(\.id.value) } == [["7"]])
        let bare = disk.kill()
        for path in IndexedWorld.indexFiles(bare) { try bare.removeFile(path) }
        await indexed.world.restart(on: bare)
        #expect(try await indexed.query([query]) == [indexed.nearest(to: query)])
        await indexed.world.host.close()
    }

    @Test("a segment without sums is checked as a whole before the first query is answered")
    func withoutSums() async throws {
        let rows = SegmentFormat.indexedRowsMin - 1
        let (disk, indexed) = try await Self.indexedDisk(rows: rows)
        let (path, range) = try Self.embeddings(of: indexed.collection, on: disk)
        let query = indexed.vector()
        await indexed.world.restart(on: disk.kill())
        #expect(
            try await indexed.query([query], count: 1) == [indexed.nearest(to: query, count: 1)])
        for row in stride(from: 0, to: rows, by: 16) {
            let damaged = disk.kill()
            damaged.flipBit((range.lowerBound + row * Self.dimension * 4) * 8, of: path)
            await indexed.world.restart(on: damaged)
            #expect(try await Self.answer(indexed, to: query) == nil, "row \(row)")
        }
        await indexed.world.host.close()
    }
}

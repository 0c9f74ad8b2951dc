import ChromaModel
import TestSupport
import Testing
import VectorIndex

@testable import TenantEngine

@Suite("Searches by index")
struct EmbeddingIndexTests {
    private static let isOdd = Where.metadata(MetadataKey("odd"), .equal(.bool(true)))

    @Test(
        "what is sealed is found as before",
        arguments: [(30_000, IndexPolicy.rowsMinDefault, nil), (4000, 200, .graph)]
            as [(Int, Int, SizeClass?)])
    func recallAfterSeal(count: Int, rowsMin: Int, sizeClass: SizeClass?) async throws {
        let indexed = try await IndexedWorld(
            dimension: 64, rowsMin: rowsMin, sizeClass: sizeClass)
        try await indexed.write(0..<count)
        let queries = (0..<20).map { _ in indexed.vector() }
        let exact = try await indexed.query(queries)
        try await indexed.seal()
        #expect(try await indexed.indexes().count == 1)
        let found = try await indexed.query(queries)
        let hits = zip(exact, found).reduce(0) { $0 + Set($1.0).intersection($1.1).count }
        #expect(Double(hits) / 200 >= 0.98)
        await indexed.world.host.close()
    }

    @Test("fewer rows than the threshold get no index, and the very same answers")
    func small() async throws {
        let disk = SimulatedFileSystem()
        let indexed = try await IndexedWorld(on: disk, rowsMin: 600)
        try await indexed.write(0..<599)
        let queries = (0..<20).map { _ in indexed.vector() }
        let before = try await indexed.query(queries)
        try await indexed.seal()
        #expect(try await indexed.query(queries) == before)
        #expect(IndexedWorld.indexFiles(disk).isEmpty)
        await indexed.world.host.close()
    }

    @Test("what is deleted, changed or written after the build counts at once")
    func laterWrites() async throws {
        let indexed = try await IndexedWorld(sizeClass: .codes)
        try await indexed.write(0..<1000)
        try await indexed.seal()
        let query = indexed.vector()
        for _ in 0..<3 {
            let nearest = indexed.nearest(to: query)
            #expect(try await indexed.query([query]) == [nearest])
            try await indexed.delete(Array(nearest.prefix(3)))
            try await indexed.write(100..<160)
            try await indexed.write(2000..<2050)
        }
        #expect(try await indexed.indexes().count == 1)
        #expect(try await indexed.query([query]) == [indexed.nearest(to: query)])
        #expect(try await indexed.query([query], count: 2000)[0].count == indexed.vectors.count)
        await indexed.world.host.close()
    }

    @Test("filters hold in a graph, deletions and a tail included")
    func filters() async throws {
        let indexed = try await IndexedWorld()
        try await indexed.write(0..<3000)
        try await indexed.seal()
        try await indexed.delete((0..<300).map { "\($0 * 7)" })
        try await indexed.write(3000..<3100)
        #expect(try await indexed.indexes().count == 1)
        #expect(try await indexed.recall() >= 0.98)
        let odd = try await indexed.recall(where: Self.isOdd) { $0 % 2 == 1 }
        #expect(odd >= 0.98)
        await indexed.world.host.close()
    }

    @Test("a restart reads the index from its file")
    func restart() async throws {
        let disk = SimulatedFileSystem()
        let indexed = try await IndexedWorld(on: disk)
        try await indexed.write(0..<1000)
        try await indexed.seal()
        let files = IndexedWorld.indexFiles(disk)
        #expect(files.count == 1)
        let operations = disk.operationCount
        await indexed.world.restart()
        #expect(try await indexed.recall() >= 0.98)
        #expect(try await indexed.indexes().count == 1)
        #expect(IndexedWorld.indexFiles(disk) == files)
        #expect(!disk.trace[operations...].contains { $0.contains("write") && $0.contains(".idx") })
        await indexed.world.host.close()
    }

    @Test("a fork searches by its source's index, and keeps it")
    func fork() async throws {
        let disk = SimulatedFileSystem()
        let indexed = try await IndexedWorld(on: disk)
        try await indexed.write(0..<1000)
        try await indexed.seal()
        let fork = try await indexed.world.host.forkCollection(
            indexed.collection, as: CollectionName("fork"), in: indexed.world.scope
        ).id
        #expect(try await indexed.indexes(of: fork).first === indexed.indexes().first)
        try await indexed.world.host.deleteCollection(
            named: CollectionName("vectors"), in: indexed.world.scope)
        try await indexed.seal()
        #expect(IndexedWorld.indexFiles(disk).count == 1)
        #expect(try await indexed.indexes(of: fork).count == 1)
        #expect(try await indexed.recall(in: fork) >= 0.98)
        await indexed.world.host.close()
    }

    @Test("a merged segment takes its index along, and gets a new one")
    func merge() async throws {
        let disk = SimulatedFileSystem()
        let indexed = try await IndexedWorld(on: disk)
        try await indexed.write(0..<600)
        try await indexed.seal()
        let old = IndexedWorld.indexFiles(disk)
        try await indexed.write(600..<1200)
        try await indexed.seal()
        let new = IndexedWorld.indexFiles(disk)
        #expect(old.count == 1 && new.count == 1 && old != new)
        #expect(try await indexed.indexes().map(\.rows.count) == [1200])
        #expect(try await indexed.recall() >= 0.98)
        await indexed.world.host.close()
    }

    @Test("a collection deleted during the build leaves no index")
    func deletedDuringBuild() async throws {
        let disk = SimulatedFileSystem()
        let indexed = try await IndexedWorld(on: disk)
        try await indexed.write(0..<5000)
        try await indexed.world.seal()
        try await indexed.world.host.deleteCollection(
            named: CollectionName("vectors"), in: indexed.world.scope)
        try await indexed.seal()
        #expect(IndexedWorld.indexFiles(disk).isEmpty)
        await indexed.world.host.close()
    }

    @Test("a tenant closed during the build opens with the same records, and builds again")
    func closedDuringBuild() async throws {
        let disk = SimulatedFileSystem()
        let indexed = try await IndexedWorld(on: disk)
        try await indexed.write(0..<5000)
        try await indexed.world.seal()
        await indexed.world.restart()
        #expect(try await indexed.recall(queries: 10) >= 0.98)
        try await indexed.settle()
        #expect(try await indexed.indexes().count == 1)
        #expect(try await indexed.recall(queries: 10) >= 0.98)
        await indexed.world.host.close()
    }
}

import Access
import ChromaModel
import TenantStorage
import TestSupport
import Testing
import VectorIndex

@testable import TenantEngine

@Suite("Searches that can't take long")
struct BoundedSearchTests {
    private static let isOdd = Where.metadata(MetadataKey("odd"), .equal(.bool(true)))
    private static let hasWord = Where.document(.contains("word"))

    private func isBounded(
        _ indexed: IndexedWorld, queries: Int = 1, count: Int = 10, where filter: Where? = nil,
        ids: [String]? = nil
    ) async throws -> Bool {
        let engine = try await indexed.engine
        let found = try engine.collection(indexed.collection, in: indexed.world.scope.database)
        let rows = (0..<queries).map { _ in indexed.vector() }
        let request = QueryRequest(
            embeddings: .rows(rows),
            selection: RecordSelection(ids: ids?.map { RecordID($0) }, filter: filter),
            resultCount: count)
        return request.isBounded(
            in: try found.contents.read([]).snapshot(), engine.indexes, .l2)
    }

    @Test("many rows are bounded as soon as they have an index, for a query of not too much")
    func indexed() async throws {
        let indexed = try await IndexedWorld(dimension: 256, sizeClass: .codes)
        try await indexed.write(0..<5000)
        #expect(try await isBounded(indexed) == false)
        try await indexed.seal()
        #expect(try await isBounded(indexed))
        #expect(try await isBounded(indexed, queries: 2) == false)
        #expect(try await isBounded(indexed, count: 101) == false)
        try await indexed.write(5000..<5100)
        try await indexed.delete((0..<200).map { "\($0)" })
        #expect(try await isBounded(indexed))
        try await indexed.write(6000..<10_000)
        #expect(try await isBounded(indexed) == false)
        await indexed.world.host.close()
    }

    @Test("a filter is bounded unless documents must be read to know what passes")
    func filtered() async throws {
        let indexed = try await IndexedWorld(dimension: 256, sizeClass: .codes)
        try await indexed.write(0..<3000)
        try await indexed.seal()
        #expect(try await isBounded(indexed, where: Self.isOdd))
        #expect(try await isBounded(indexed, where: Self.hasWord) == false)
        _ = try await indexed.query([indexed.vector()], where: Self.hasWord)
        #expect(try await isBounded(indexed, where: Self.hasWord))
        try await indexed.write(3000..<3001)
        #expect(try await isBounded(indexed, where: Self.hasWord) == false)
        #expect(try await isBounded(indexed, where: Self.isOdd))
        await indexed.world.host.close()
    }

    @Test("named rows are bounded while they are few")
    func listed() async throws {
        let indexed = try await IndexedWorld(dimension: 256, sizeClass: .codes)
        try await indexed.write(0..<4500)
        #expect(try await isBounded(indexed) == false)
        #expect(try await isBounded(indexed, ids: (0..<256).map { "\($0)" }))
        #expect(try await isBounded(indexed, ids: (0..<257).map { "\($0)" }) == false)
        await indexed.world.host.close()
    }

    @Test("the largest collection that is scanned by codes is bounded")
    func largestScan() {
        #expect(SearchWork.codes(rows: 20_000, dimension: 384) <= .boundedMax)
        #expect(SearchWork.codes(rows: 20_000, dimension: 768) > .boundedMax)
        #expect(SearchWork.codes(rows: 2_000_000, dimension: 4) > .boundedMax)
    }
}

import Access
import ChromaModel
import Platform
import Synchronization
import TenantStorage
import TestSupport
import Testing
import VectorIndex

@testable import TenantEngine

@Suite("Searches that end before they are done")
struct SearchDeadlineTests {
    /// A clock that each look moves on by a second: how far it is says how often it was asked.
    private final class LookCounter: TimeSource {
        private let looks = Atomic<UInt64>(0)

        var count: Int { Int(looks.load(ordering: .relaxed)) }

        func unixNanoseconds() -> UInt64 { 0 }
        func monotonicNanoseconds() -> UInt64 {
            looks.wrappingAdd(1, ordering: .relaxed).oldValue * 1_000_000_000
        }
    }

    private static let rowCount = 2560
    private static let ids = (0..<rowCount).map { "record \($0)" }

    /// Records of one dimension with documents of 1 KiB, in a tail or in a segment.
    private static func snapshot(of world: EngineWorld, sealed: Bool) async throws
        -> (RecordSnapshot, SegmentIndexes)
    {
        let id = try await world.createCollection("things").id
        let document = String(repeating: "0123456789abcdef", count: 64)
        try await world.write(
            .add, .of(ids, documents: ids.map { _ in document }), to: id)
        if sealed { try await world.seal() }
        let engine = try await world.host.engine(for: world.scope.tenant)
        let found = try engine.collection(id, in: world.scope.database)
        return (try found.contents.read(.all).snapshot(), engine.indexes)
    }

    /// Looks at the clock that some work takes, if it may go on.
    private static func looks(_ work: (SearchDeadline) throws -> Void) throws -> Int {
        let clock = LookCounter()
        try work(SearchDeadline(secondsMax: 1_000_000, time: clock))
        return clock.count
    }

    /// The work asks at least `looksMin` times and ends with the first look past its time.
    private static func check(_ looksMin: Int, _ work: (SearchDeadline) throws -> Void) throws {
        #expect(try looks(work) >= looksMin)
        let clock = LookCounter()
        #expect {
            try work(SearchDeadline(secondsMax: looksMin / 2, time: clock))
        } throws: {
            ($0 as? ServiceError)?.code == .deadlineExceeded
        }
        // One look set the time, the last one found it over.
        #expect(clock.count == looksMin / 2 + 1)
        let givenUp = SearchDeadline(secondsMax: nil)
        givenUp.giveUp()
        #expect(throws: CancellationError.self) { try work(givenUp) }
        let deleted = try deletedCollection()
        #expect {
            try work(SearchDeadline(secondsMax: nil, in: deleted))
        } throws: {
            ($0 as? ServiceError)?.code == .notFound
        }
    }

    private static func deletedCollection() throws -> Collection {
        var directory = CollectionDirectory()
        let id = CollectionID(UniqueID(high: 1, low: 2))
        let database = DatabaseID(UniqueID(high: 3, low: 4))
        _ = directory.apply(
            .collectionCreated(
                id: id, database: database, name: CollectionName("gone"), metadata: nil,
                settings: CollectionSettings(
                    space: .l2, configurationJSON: "{}", schemaJSON: "{}")),
            at: LogPosition(1))
        let collection = try #require(directory.collection(id))
        #expect(!collection.isDeleted)
        _ = directory.apply(.collectionDeleted(id: id), at: LogPosition(2))
        return collection
    }

    @Test("a scan asks once for each block of rows", arguments: [false, true])
    func scans(sealed: Bool) async throws {
        let world = try await EngineWorld()
        let (snapshot, indexes) = try await Self.snapshot(of: world, sealed: sealed)
        let query = try #require(PreparedQuery(.rows([[3]]), row: 0))
        let selections = [
            SelectedRows.all, .matching(snapshot.parts.map(\.liveRows)),
            .listed((0..<Self.rowCount).map { RowRef(part: 0, row: $0) }),
        ]
        for rows in selections {
            try Self.check(Self.rowCount / NearestSearch.blockRows) { deadline in
                let search = NearestSearch(
                    snapshot: snapshot, kernel: DistanceKernel(.l2), indexes: indexes,
                    deadline: deadline)
                let hits = try search.nearest(query, count: 10, among: rows)
                #expect(hits.count == 10)
            }
        }
        await world.host.close()
    }

    @Test("tests of rows ask by how much they do", arguments: [false, true])
    func filters(sealed: Bool) async throws {
        let world = try await EngineWorld()
        let (snapshot, _) = try await Self.snapshot(of: world, sealed: sealed)
        // A KiB of text is worth four tests of metadata.
        let kibibytes = Self.rowCount * 4 / 256
        var length = 2
        try Self.check(kibibytes) { deadline in
            // Not the filter before: what that came to is remembered.
            length += 1
            let filter = try CompiledFilter(
                .document(.matches(regex: "[g-z]{\(length)}")), until: deadline)
            let rows = try snapshot.rows(passing: filter, until: deadline)
            #expect(rows.map(\.count) == rows.map { _ in 0 })
        }
        try Self.check(Self.rowCount / 256) { deadline in
            let page = try snapshot.page(.all, offset: 0, limit: nil, until: deadline)
            #expect(page.count == Self.rowCount)
        }
        let page = try snapshot.page(
            .all, offset: 0, limit: nil, until: SearchDeadline(secondsMax: nil))
        try Self.check(Self.rowCount / 256) { deadline in
            let views = try RowViewer(snapshot, [.documents]).views(of: page, until: deadline)
            #expect(views.count == Self.rowCount)
        }
        await world.host.close()
    }

    @Test("a regular expression over one long document asks meanwhile", arguments: [false, true])
    func longDocument(sealed: Bool) async throws {
        let world = try await EngineWorld()
        let id = try await world.createCollection("things").id
        let random = SeededRandom(seed: 1)
        let digits = (0..<(1 << 16)).map { _ in String(random.below(10)) }.joined()
        let document = String(repeating: digits, count: 64)
        try await world.write(.add, .of(["long"], documents: [document]), to: id)
        if sealed { try await world.seal() }
        let engine = try await world.host.engine(for: world.scope.tenant)
        let found = try engine.collection(id, in: world.scope.database)
        let snapshot = try found.contents.read(.all).snapshot()
        let clock = LookCounter()
        #expect {
            let deadline = SearchDeadline(secondsMax: 50, time: clock)
            let filter = try CompiledFilter(
                .document(.matches(regex: "[0-4].{900}x")), until: deadline)
            _ = try snapshot.rows(passing: filter, until: deadline)
        } throws: {
            ($0 as? ServiceError)?.code == .deadlineExceeded
        }
        #expect(clock.count == 51)
        await world.host.close()
    }

    @Test("searches of a collection end when it or its database is deleted, those of a fork don't")
    func deleted() async throws {
        let world = try await EngineWorld()
        let ids = try await [world.createCollection("one").id, world.createCollection("two").id]
        let fork = try await world.host.forkCollection(
            ids[0], as: CollectionName("fork"), in: world.scope)
        let engine = try await world.host.engine(for: world.scope.tenant)
        let deadlines = try (ids + [fork.id]).map { id in
            SearchDeadline(
                secondsMax: nil, in: try engine.collection(id, in: world.scope.database))
        }
        try await world.host.deleteCollection(named: CollectionName("one"), in: world.scope)
        #expect(deadlines.map(\.isSet) == [true, false, false])
        try await world.host.deleteAllCollections(in: world.scope)
        #expect(deadlines.map(\.isSet) == [true, true, true])
        await world.host.close()
    }

    @Test("compiling many patterns asks before each")
    func patterns() throws {
        let patterns = (0..<100).map { Where.document(.matches(regex: "a{\($0)}")) }
        try Self.check(patterns.count) { deadline in
            _ = try CompiledFilter(.any(patterns), until: deadline)
        }
    }

    @Test("an engine refuses what takes too long, and nothing is changed")
    func refused() async throws {
        let world = try await EngineWorld { $0.searchSecondsMax = 0 }
        let id = try await world.createCollection("things").id
        try await world.write(.add, .of(["a", "b"]), to: id)
        let query = QueryRequest(embeddings: .rows([[1], [2]]), resultCount: 1, include: [])
        let all = RecordSelection(filter: .id(.isNotIn([])))
        await Self.expectTooLate { _ = try await world.host.query(query, in: id, in: world.scope) }
        await Self.expectTooLate { _ = try await world.ids(id) }
        await Self.expectTooLate {
            _ = try await world.host.delete(all, limit: nil, from: id, in: world.scope)
        }
        #expect(try await world.host.count(id, at: .indexAndLog, in: world.scope) == 2)
        await world.host.close()
    }

    private static func expectTooLate(_ work: () async throws -> Void) async {
        await #expect {
            try await work()
        } throws: {
            ($0 as? ServiceError)?.code == .deadlineExceeded
        }
    }

    @Test("one request can't ask for more results than its answer has room for")
    func results() async throws {
        let world = try await EngineWorld()
        let id = try await world.createCollection("things").id
        try await world.write(.add, .of((0..<1000).map { "record \($0)" }), to: id)
        let queries = { (count: Int) in
            QueryRequest(
                embeddings: .rows((0..<count).map { [Float($0)] }), resultCount: 1_000_000,
                include: [])
        }
        let answer = try await world.host.query(queries(1000), in: id, in: world.scope)
        #expect(answer.allSatisfy { $0.count == 1000 })
        await #expect(throws: ServiceError.self) {
            try await world.host.query(queries(1001), in: id, in: world.scope)
        }
        await world.host.close()
    }
}

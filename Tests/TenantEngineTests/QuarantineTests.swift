import Access
import ChromaModel
import Glibc
import Logging
import Platform
import TestSupport
import Testing

@testable import TenantEngine
@testable import TenantStorage

/// What becomes of a tenant when a segment of one of its collections goes bad.
@Suite("A collection whose segment is damaged")
struct QuarantineTests {
    private static let rowCount = SegmentFormat.indexedRowsMin + 20

    @Test(
        "answers 503 whatever section is damaged; its neighbours in the file don't notice",
        arguments: [
            SectionKind.ids, .idTable, .orders, .documents, .uris, .metadatas, .embeddings,
            .embeddingSums, .inverseNorms, .metadataPostings, .trigramPostings,
        ])
    func eachSection(kind: SectionKind) async throws {
        let world = try await DamageWorld()
        try await world.flip(kind)
        world.start()
        try await world.expectRefused()
        try await world.expectNeighbourServed()
        await world.close()
    }

    @Test("answers 503 when the file is gone, cut or unreadable, and so do all in that file")
    func wholeFile() async throws {
        for harm in ["missing", "cut", "unreadable", "directory"] {
            let world = try await DamageWorld()
            let path = try world.segment
            let byteCount = try #require(world.disk.contents(path)).count
            switch harm {
            case "missing": try world.disk.removeFile(path)
            case "cut":
                try world.disk.open(path, .existing).truncate(to: UInt64(byteCount - 100))
            case "unreadable": world.disk.use(.failAll(.read, path: ".seg", errno: EIO))
            default: world.disk.flipBit((byteCount - 60) * 8, of: path)
            }
            world.start()
            try await world.expectRefused()
            let id = try await world.host.createCollection(
                .named("new"), getOrCreate: false, in: world.scope
            ).id
            try await world.host.write(.of(["1"]), as: .add, to: id, in: world.scope)
            #expect(try await world.host.count(id, in: world.scope) == 1, "\(harm)")
            await world.close()
        }
    }

    @Test("is told of in one line of the log, which says what to run")
    func oneLine() async throws {
        let world = try await DamageWorld()
        try await world.flip(.ids)
        world.start()
        for _ in 0..<5 { try await world.expectRefused() }
        #expect(world.refusalsLogged.count == 1)
        #expect(
            world.refusalsLogged.first?.contains(
                "tessera scrub --tenant \(world.scope.tenant) --repair") == true)
        await world.close()
    }

    @Test("can be renamed, counted before it is read, and deleted, but not forked")
    func others() async throws {
        let world = try await DamageWorld()
        try await world.flip(.documents)
        world.start()
        let (host, scope) = (world.host, world.scope)
        #expect(try await host.count(world.bad, in: scope) == Self.rowCount)
        try await world.expectRefused()
        await world.expectRefusal { try await host.count(world.bad, in: scope) }
        await world.expectRefusal {
            try await host.forkCollection(world.bad, as: CollectionName("fork"), in: scope)
        }
        try await host.modifyCollection(
            world.bad, CollectionChange(name: CollectionName("renamed")), in: scope)
        try await host.deleteCollection(named: CollectionName("renamed"), in: scope)
        try await host.engine(for: scope.tenant).seal()
        await world.restart()
        #expect(try await world.host.countCollections(in: scope) == 1)
        try await world.expectNeighbourServed()
        await world.close()
    }

    @Test("keeps its part of the log through seals and restarts, until it can be read again")
    func keepsItsLog() async throws {
        let world = try await DamageWorld(tail: 5)
        try await world.flip(.embeddings)
        for round in 0..<3 {
            await world.restart()
            try await world.expectRefused()
            try await world.host.write(
                .of(["round \(round)"]), as: .add, to: world.good, in: world.scope)
            try await world.host.engine(for: world.scope.tenant).seal()
        }
        #expect(world.disk.filePaths.count { $0.hasSuffix(".log") } == 1, "the log was cut")
        try await world.flip(.embeddings)
        await world.restart()
        try await world.expectWhole(rows: Self.rowCount + 5)
        try await world.host.engine(for: world.scope.tenant).seal()
        await world.restart()
        try await world.expectWhole(rows: Self.rowCount + 5)
        #expect(try await world.host.count(world.good, in: world.scope) == 6)
        await world.close()
    }

    @Test("is not merged when it goes bad while it is open; what is in memory is kept")
    func notMerged() async throws {
        let world = try await DamageWorld()
        world.start()
        try await world.expectWhole(rows: Self.rowCount)
        try await world.flip(.documents)
        try await world.writeTail(200)
        try await world.host.engine(for: world.scope.tenant).seal()
        try await world.expectRefused()
        try await world.expectNeighbourServed()
        try await world.host.engine(for: world.scope.tenant).seal()
        world.time.advance(seconds: 31)
        try await world.expectRefused()
        await world.restart()
        try await world.expectRefused()
        try await world.flip(.documents)
        await world.restart()
        try await world.expectWhole(rows: Self.rowCount + 200)
        await world.close()
    }

    @Test("is served again by itself when its disk recovers")
    func recovers() async throws {
        let world = try await DamageWorld(tail: 3)
        world.disk.use(.failAll(.read, path: ".seg", errno: EIO))
        world.start()
        try await world.expectRefused()
        world.disk.use(.none)
        try await world.expectRefused()
        world.time.advance(seconds: 31)
        try await world.expectWhole(rows: Self.rowCount + 3)
        #expect(world.refusalsLogged.count == 1)
        await world.close()
    }

    @Test("no segment is read to open a tenant, and only the sections that are asked for")
    func lazy() async throws {
        let world = try await DamageWorld()
        world.start()
        let (host, scope) = (world.host, world.scope)
        func touched() -> Int {
            world.disk.trace.count { $0.contains(".seg") && !$0.hasPrefix("list") }
        }
        let before = touched()
        #expect(try await host.listCollections(in: scope, offset: 0, limit: nil).count == 2)
        #expect(try await host.count(world.bad, in: scope) == Self.rowCount)
        #expect(touched() == before)
        try await world.flip(.documents)
        let ids = try await host.get(GetRequest(include: [.metadatas]), from: world.bad, in: scope)
        #expect(ids.count == Self.rowCount)
        await world.expectRefusal {
            try await host.get(GetRequest(include: [.documents]), from: world.bad, in: scope)
        }
        await world.close()
    }

    @Test("many requests at once for a collection that nobody has read share one reading")
    func together() async throws {
        let world = try await DamageWorld(tail: 4)
        world.start()
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<40 {
                group.addTask {
                    await #expect(throws: Never.self) {
                        if index % 4 == 0 {
                            try await world.host.write(
                                .of(["new \(index)"], [[1, 1]]), as: .upsert, to: world.bad,
                                in: world.scope)
                        } else {
                            try await world.expectWhole(atLeast: Self.rowCount + 4)
                        }
                    }
                }
            }
        }
        try await world.expectWhole(rows: Self.rowCount + 14)
        await world.close()
    }
}

/// A tenant with two collections in one segment file, of which one is about to go bad.
private final class DamageWorld: @unchecked Sendable {
    // Safe to share: changed only while no other task has it.
    let disk = SimulatedFileSystem()
    let time = ManualTimeSource()
    let log = LogRecorder()
    let scope: DatabaseScope
    private(set) var host: TenantEngineHost
    private(set) var bad = CollectionID(UniqueID(high: 0, low: 0))
    private(set) var good = CollectionID(UniqueID(high: 0, low: 0))

    /// - Parameter tail: records of the bad collection that are only in the log.
    init(tail: Int = 0) async throws {
        scope = try await TestScopes().database("damage")
        host = Self.host(disk, time, log)
        bad = try await host.createCollection(.named("bad"), getOrCreate: false, in: scope).id
        good = try await host.createCollection(.named("good"), getOrCreate: false, in: scope).id
        let rows = SegmentFormat.indexedRowsMin + 20
        try await host.write(Self.batch(0..<rows), as: .add, to: bad, in: scope)
        try await host.write(.of(["a", "b", "c"]), as: .add, to: good, in: scope)
        try await host.engine(for: scope.tenant).seal()
        if tail > 0 { try await writeTail(tail) }
        await host.close()
    }

    private static func host(
        _ disk: SimulatedFileSystem, _ time: ManualTimeSource, _ log: LogRecorder
    ) -> TenantEngineHost {
        var configuration = EngineConfiguration(
            directory: EngineWorld.simulatedRoot, searchThreads: 2, ioThreads: 2)
        configuration.sealQuietNanoseconds = 1 << 60
        configuration.unsealedBytesMax = .max
        configuration.tenantIdleNanoseconds = 1 << 60
        return TenantEngineHost(
            configuration: configuration, fileSystem: disk, time: time,
            random: SystemRandomSource(), logger: log.logger)
    }

    private static func batch(_ numbers: Range<Int>) -> RecordBatch {
        .of(
            numbers.map { "\($0)" }, numbers.map { [Float($0), 1] },
            documents: numbers.map { "document \($0)" }, uris: numbers.map { "uri \($0)" },
            metadatas: numbers.map { ["odd": .bool($0 % 2 == 1)] })
    }

    func start() { host = Self.host(disk, time, log) }

    func restart() async {
        await host.close()
        start()
    }

    func close() async { await host.close() }

    /// The lines of the log about collections that can't be served.
    var refusalsLogged: [String] { log.lines.filter { $0.hasPrefix("collection cannot be") } }

    func writeTail(_ count: Int) async throws {
        let first = SegmentFormat.indexedRowsMin + 20
        try await host.write(
            Self.batch(first..<(first + count)), as: .upsert, to: bad, in: scope)
    }

    /// The oldest segment file of the bad collection.
    var segment: String {
        get throws { try found().path }
    }

    private func found() throws -> SegmentFile {
        let directory = EngineWorld.simulatedRoot + "/\(scope.tenant)/segments"
        let files = try disk.list(directory).compactMap { name in
            UniqueID(String(name.dropLast(4))).map { SegmentID($0) }
        }
        return try #require(
            try files.map { try SegmentFile($0, in: directory, fileSystem: disk) }
                .first { (try? $0.contents(of: bad).rowCount) == QuarantineTests.rows })
    }

    /// Flips a bit in a section of the bad collection; again, and it is whole.
    func flip(_ kind: SectionKind) async throws {
        let file = try found()
        let section = try #require(try file.contents(of: bad).sections[kind])
        disk.flipBit((section.range.lowerBound + section.range.count / 2) * 8 + 3, of: file.path)
    }

    /// Everything that reads; each call needs other sections.
    private var reads: [@Sendable () async throws -> Void] {
        let (host, scope, bad) = (host, scope, bad)
        let whole: Include = [.documents, .embeddings, .metadatas, .uris]
        let isOdd = Where.metadata(MetadataKey("odd"), .equal(.bool(true)))
        let filters: [Where] = [isOdd, .document(.contains("document 1"))]
        var reads: [@Sendable () async throws -> Void] = []
        for filter in filters {
            reads.append {
                let selection = RecordSelection(filter: filter)
                _ = try await host.get(
                    GetRequest(selection: selection, include: whole), from: bad, in: scope)
            }
        }
        reads.append {
            let request = QueryRequest(
                embeddings: .rows([[1, 1]]), selection: RecordSelection(), resultCount: 3,
                include: whole)
            _ = try await host.query(request, in: bad, in: scope)
        }
        reads.append {
            let batch = RecordBatch.of(["0"], [[1, 2]])
            try await host.write(batch, as: .upsert, to: bad, in: scope)
        }
        reads.append { _ = try await host.count(bad, in: scope) }
        return reads
    }

    /// The first call that needs what is damaged is refused, and from then on every call.
    func expectRefused() async throws {
        for read in reads { do { try await read() } catch is ServiceError {} }
        for read in reads { await expectRefusal(read) }
    }

    func expectRefusal<Result>(_ call: () async throws -> Result) async {
        let error = await #expect(throws: ServiceError.self) { _ = try await call() }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("'bad'") == true)
        #expect(error?.message.contains("/") == false, "no path is shown to a client")
    }

    func expectNeighbourServed() async throws {
        let records = try await host.get(GetRequest(), from: good, in: scope).map(\.id.value)
        #expect(Set(records).isSuperset(of: ["a", "b", "c"]))
        try await host.write(.of(["d"]), as: .upsert, to: good, in: scope)
        #expect(try await host.count(good, in: scope) == 4)
    }

    func expectWhole(rows: Int? = nil, atLeast: Int = 0) async throws {
        let whole: Include = [.documents, .embeddings, .metadatas, .uris]
        let views = try await host.get(GetRequest(include: whole), from: bad, in: scope)
        if let rows { #expect(views.count == rows) }
        #expect(views.count >= atLeast)
        for (number, view) in views.prefix(SegmentFormat.indexedRowsMin + 20).enumerated() {
            guard view.id.value == "\(number)", view.document == "document \(number)" else {
                Issue.record("record \(number) is \(view.id)")
                return
            }
        }
    }
}

extension QuarantineTests {
    fileprivate static var rows: Int { rowCount }
}

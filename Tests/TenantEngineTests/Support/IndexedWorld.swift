import Access
import ChromaModel
import Platform
import TenantStorage
import TestSupport
import Testing
import VectorIndex

@testable import TenantEngine

/// A collection whose segments get indexes, and what scoring all its records would answer.
final class IndexedWorld {
    let world: EngineWorld
    let collection: CollectionID
    let random: SeededRandom
    private let dimension: Int
    /// The records as they must be.
    private(set) var vectors: [String: [Float]] = [:]

    /// - Parameters:
    ///   - rowsMin: records of a segment from which on it gets an index.
    ///   - sizeClass: kind of index; nil: what the number of elements asks for.
    init(
        on fileSystem: any FileSystem = SimulatedFileSystem(), dimension: Int = 16,
        rowsMin: Int = 200, sizeClass: SizeClass? = .graph, scope: DatabaseScope? = nil,
        seed: UInt64 = 7
    ) async throws {
        self.dimension = dimension
        random = SeededRandom(seed: seed)
        world = try await EngineWorld(on: fileSystem, scope: scope) { configuration in
            configuration.indexes.rowsMin = rowsMin
            configuration.indexes.sizeClass = sizeClass
        }
        collection = try await world.createCollection("vectors").id
    }

    /// The files of indexes on a disk, drafts included.
    static func indexFiles(_ disk: SimulatedFileSystem) -> [String] {
        disk.filePaths.filter { $0.contains(".idx") }
    }

    var engine: TenantEngine {
        get async throws { try await world.host.engine(for: world.scope.tenant) }
    }

    func vector() -> [Float] { (0..<dimension).map { _ in random.unitFloat() } }

    /// Upserts records; of odd ones the metadata say so.
    func write(_ numbers: Range<Int>, rowsAtOnce: Int = 5000) async throws {
        for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: rowsAtOnce) {
            let some = Array(start..<min(start + rowsAtOnce, numbers.upperBound))
            let rows = some.map { _ in vector() }
            for (number, row) in zip(some, rows) { vectors["\(number)"] = row }
            try await world.write(
                .upsert,
                .of(
                    some.map { "\($0)" }, rows,
                    metadatas: some.map { ["odd": .bool($0 % 2 == 1)] }), to: collection)
        }
    }

    func delete(_ ids: [String]) async throws {
        for id in ids { vectors[id] = nil }
        _ = try await world.host.delete(
            RecordSelection(ids: ids.map { RecordID($0) }), limit: nil, from: collection,
            in: world.scope)
    }

    /// Seals, and waits until all indexes are built.
    func seal() async throws {
        try await world.seal()
        try await settle()
    }

    /// Waits until no index is being built.
    func settle() async throws {
        while try await engine.indexes.buildCount > 0 {
            try await Task.sleep(nanoseconds: 1_000_000)
        }
    }

    /// The indexes that searches use now.
    func indexes(of other: CollectionID? = nil) async throws -> [EmbeddingIndex] {
        let engine = try await engine
        let found = try engine.collection(other ?? collection, in: world.scope.database)
        return try found.contents.read([]).snapshot().segments.compactMap {
            engine.indexes.index(of: $0, space: .l2)
        }
    }

    func query(
        _ rows: [[Float]], count: Int = 10, where filter: Where? = nil,
        in other: CollectionID? = nil
    ) async throws -> [[String]] {
        let request = QueryRequest(
            embeddings: .rows(rows), selection: RecordSelection(filter: filter),
            resultCount: count)
        return try await world.host.query(request, in: other ?? collection, in: world.scope)
            .map { $0.map(\.id.value) }
    }

    /// The nearest, by scoring all.
    func nearest(
        to row: [Float], count: Int = 10, where isWanted: (Int) -> Bool = { _ in true }
    ) -> [String] {
        let scored = vectors.filter { isWanted(Int($0.key) ?? 0) }.map { id, vector in
            (id, zip(vector, row).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) })
        }
        return scored.sorted { $0.1 < $1.1 }.prefix(count).map(\.0)
    }

    /// The part of the true nearest of random queries that the engine finds.
    func recall(
        queries: Int = 50, where filter: Where? = nil, in other: CollectionID? = nil,
        _ isWanted: (Int) -> Bool = { _ in true }
    ) async throws -> Double {
        let rows = (0..<queries).map { _ in vector() }
        let answers = try await query(rows, where: filter, in: other)
        var (found, wanted) = (0, 0)
        for (row, answer) in zip(rows, answers) {
            let truth = nearest(to: row, where: isWanted)
            #expect(answer.count == truth.count)
            found += Set(answer).intersection(truth).count
            wanted += truth.count
        }
        return Double(found) / Double(max(wanted, 1))
    }
}

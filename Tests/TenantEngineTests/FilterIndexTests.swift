import ChromaModel
import Foundation
import TenantStorage
import TestSupport
import Testing

@testable import TenantEngine

/// Random filters over random records, asked of the engine and of the reference model.
@Suite("Filters over indexed segments")
struct FilterIndexTests {
    private static let filters =
        ProcessInfo.processInfo.environment["FILTERS"].flatMap(Int.init) ?? 60

    @Test("select what the model selects, in tails, segments and merges", arguments: [1, 2, 3])
    func agreesWithTheModel(seed: UInt64) async throws {
        let run = try await Run(seed: seed)
        // A large segment, one beside it too small to be merged with, then changes to both.
        try await run.write(.add, 0..<900)
        try await run.compare(Self.filters, "tail")
        try await run.world.seal()
        try await run.compare(Self.filters, "segment")
        try await run.write(.upsert, 850..<1200)
        try await run.world.seal()
        try await run.compare(Self.filters, "two segments")
        for first in stride(from: 0, to: 1200, by: 17) {
            try await run.write(.update, first..<(first + 3))
        }
        try await run.delete(stride(from: 3, to: 1200, by: 5).map { $0 })
        try await run.compare(Self.filters, "deletions and a tail")
        try await run.world.seal()
        try await run.compare(Self.filters, "merged")
        await run.world.restart()
        try await run.compare(Self.filters / 4, "restarted")
        await run.world.host.close()
    }

    private final class Run {
        let world: EngineWorld
        private let model = ReferenceEngine()
        private let generator: FilterGenerator
        private let (engineID, modelID): (CollectionID, CollectionID)
        /// Asked again and again, so that what segments remember of them is put to the test.
        private let repeated: [Where]
        private var random: SeededRandom { generator.random }

        init(seed: UInt64) async throws {
            let generator = FilterGenerator(random: SeededRandom(seed: seed))
            self.generator = generator
            repeated = (0..<FilterCache.filtersMax).map { _ in generator.filter() }
            world = try await EngineWorld()
            engineID = try await world.createCollection("indexed").id
            modelID = try await model.createCollection(
                .named("indexed"), getOrCreate: false, in: world.scope
            ).id
        }

        func write(_ operation: WriteOperation, _ records: Range<Int>) async throws {
            let batch = RecordBatch(
                ids: records.map { RecordID("record \($0)") },
                embeddings: .rows(
                    records.map { _ in (0..<4).map { _ in Float(random.below(8)) } }),
                documents: records.map { _ in generator.document() },
                metadatas: records.map { _ in generator.metadata() })
            try await world.write(operation, batch, to: engineID)
            try await model.write(batch, as: operation, to: modelID, in: world.scope)
        }

        func delete(_ records: [Int]) async throws {
            let selection = RecordSelection(ids: records.map { RecordID("record \($0)") })
            for (engine, id): (any EngineClient, _) in [(world.host, engineID), (model, modelID)] {
                _ = try await engine.delete(selection, limit: nil, from: id, in: world.scope)
            }
        }

        func compare(_ count: Int, _ when: String) async throws {
            for turn in 0..<count {
                let filter =
                    turn % 2 == 0 ? generator.filter() : repeated[random.below(repeated.count)]
                let selection = RecordSelection(filter: filter)
                let hasLimit = random.below(2) == 0
                let get = GetRequest(
                    selection: selection, offset: hasLimit ? random.below(20) : 0,
                    limit: hasLimit ? random.below(30) : nil, include: [])
                let query = QueryRequest(
                    embeddings: .rows([(0..<4).map { _ in Float(random.below(8)) }]),
                    selection: selection, resultCount: 7, include: [.distances])
                let mine = try await answers(get, query, of: world.host, engineID)
                let its = try await answers(get, query, of: model, modelID)
                try #require(
                    mine == its, "seed \(random.seed), \(when): \(filter), \(get.offset)")
            }
        }

        private func answers(
            _ get: GetRequest, _ query: QueryRequest, of engine: any EngineClient,
            _ collection: CollectionID
        ) async throws -> [RecordText] {
            let records = try await engine.get(get, from: collection, in: world.scope)
            let nearest = try await engine.query(query, in: collection, in: world.scope)
            return (records + nearest.flatMap { $0 }).map { RecordText($0) }
        }
    }
}

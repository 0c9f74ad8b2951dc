import Access
import ChromaModel
import Foundation
import Logging
import Platform
import TestSupport
import Testing

@testable import TenantEngine

@Suite("The engine against its reference model")
struct EngineModelTests {
    @Test("answers like the model across writes, seals and restarts", arguments: [1, 2, 3, 4])
    func answersLikeTheModel(seed: UInt64) async throws {
        let run = try await ModelRun(seed: seed)
        let steps = ProcessInfo.processInfo.environment["MODEL_STEPS"].flatMap(Int.init) ?? 300
        for step in 0..<steps {
            do { try await run.step() } catch {
                Issue.record("seed \(seed), step \(step): \(error)")
                break
            }
        }
        await run.finish()
    }
}

/// A random walk over the operations of a tree of forks, done to the engine and the model alike.
private final class ModelRun {
    private let random: SeededRandom
    private let directory = TemporaryDirectory()
    private let model = ReferenceEngine()
    private let scope: DatabaseScope
    private var host: TenantEngineHost
    /// One collection in the engine and in the model; each step works on one of them.
    private var pairs: [(engine: CollectionID, model: CollectionID)]
    private var current = 0
    private var forks = 0

    private static let collectionsMax = 6

    private var engineID: CollectionID { pairs[current].engine }
    private var modelID: CollectionID { pairs[current].model }

    init(seed: UInt64) async throws {
        random = SeededRandom(seed: seed)
        scope = try await TestScopes().database("model")
        host = Self.host(directory.path)
        let draft = CollectionDraft(
            name: CollectionName("records"), metadata: nil,
            settings: CollectionSettings(space: .l2, configurationJSON: "{}", schemaJSON: "{}"))
        pairs = [
            (
                try await host.createCollection(draft, getOrCreate: false, in: scope).id,
                try await model.createCollection(draft, getOrCreate: false, in: scope).id
            )
        ]
    }

    private static func host(_ path: String) -> TenantEngineHost {
        var configuration = EngineConfiguration(
            directory: path + "/tenants", searchThreads: 2, ioThreads: 2)
        configuration.sealQuietNanoseconds = 1_000_000
        configuration.unsealedBytesMax = 2048
        return TenantEngineHost(
            configuration: configuration, fileSystem: PosixFileSystem(),
            random: SystemRandomSource(),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    func finish() async { await host.close() }

    func step() async throws {
        current = random.below(pairs.count)
        switch random.below(14) {
        case 0...2: try await write(.upsert)
        case 3, 4: try await write(.add)
        case 5, 6: try await write(.update)
        case 7: try await delete()
        case 8:
            let engine = try await host.engine(for: scope.tenant)
            try engine.seal()
        case 9 where random.below(4) == 0:
            await host.close()
            host = Self.host(directory.path)
        case 10: try await fork()
        case 11 where pairs.count == Self.collectionsMax: try await drop()
        default: try await compare()
        }
    }

    private func fork() async throws {
        guard pairs.count < Self.collectionsMax else { return }
        forks += 1
        let name = CollectionName("fork-\(forks)")
        pairs.append(
            (
                try await host.forkCollection(engineID, as: name, in: scope).id,
                try await model.forkCollection(modelID, as: name, in: scope).id
            ))
    }

    private func drop() async throws {
        let name = try await model.collection(id: modelID, in: scope).name
        try await host.deleteCollection(named: name, in: scope)
        try await model.deleteCollection(named: name, in: scope)
        pairs.remove(at: current)
    }

    private func write(_ operation: WriteOperation) async throws {
        let ids = (0..<(1 + random.below(6))).map { _ in id() }
        let mayBeAbsent = operation == .update
        let batch = RecordBatch(
            ids: ids,
            embeddings: .rows(
                ids.map { _ in
                    mayBeAbsent && random.below(2) == 0
                        ? nil : (0..<4).map { _ in Float(random.below(8)) }
                }),
            documents: ids.map { _ in random.below(3) == 0 ? nil : "text \(random.below(20))" },
            metadatas: ids.map { _ in
                MetadataPatch([
                    .init(
                        MetadataKey("n"),
                        random.below(5) == 0 && operation != .add
                            ? nil : .int(Int64(random.below(9))))
                ])
            })
        try await host.write(batch, as: operation, to: engineID, in: scope)
        try await model.write(batch, as: operation, to: modelID, in: scope)
    }

    private func delete() async throws {
        let selection =
            random.below(2) == 0
            ? RecordSelection(ids: [id(), id()])
            : RecordSelection(filter: .metadata(MetadataKey("n"), .equal(.number(.int(3)))))
        let limit = selection.filter == nil ? nil : Optional(random.below(5))
        let mine = try await host.delete(selection, limit: limit, from: engineID, in: scope)
        let its = try await model.delete(selection, limit: limit, from: modelID, in: scope)
        try expectEqual(mine, its, "deleted")
    }

    private func compare() async throws {
        let filter: Where? =
            switch random.below(4) {
            case 0: .metadata(MetadataKey("n"), .greater(.int(Int64(random.below(9)))))
            case 1: .document(.contains("1"))
            case 2: .metadata(MetadataKey("n"), .notEqual(.number(.int(2))))
            default: nil
            }
        let ids = random.below(4) == 0 ? [id(), id(), id(), id()] : nil
        let known = ids == nil ? nil : try await present(ids ?? [])
        let get = GetRequest(
            selection: RecordSelection(ids: ids, filter: filter), offset: random.below(10),
            limit: random.below(2) == 0 ? nil : random.below(30),
            include: [.documents, .metadatas, .embeddings])
        try expectEqual(
            try await host.get(get, from: engineID, in: scope).map(Shown.init),
            try await model.get(get, from: modelID, in: scope).map(Shown.init), "get")
        let query = QueryRequest(
            embeddings: .rows([(0..<4).map { _ in Float(random.below(8)) }]),
            selection: RecordSelection(ids: known, filter: filter), resultCount: 7)
        try expectEqual(
            try await host.query(query, in: engineID, in: scope).map { $0.map(Shown.init) },
            try await model.query(query, in: modelID, in: scope).map { $0.map(Shown.init) },
            "query")
        try expectEqual(
            try await host.count(engineID, in: scope), try await model.count(modelID, in: scope),
            "count")
        try expectEqual(
            try await host.collection(id: engineID, in: scope).written,
            try await model.collection(id: modelID, in: scope).written, "written")
    }

    private func present(_ ids: [RecordID]) async throws -> [RecordID] {
        let request = GetRequest(selection: RecordSelection(ids: ids), include: [])
        return try await model.get(request, from: modelID, in: scope).map(\.id)
    }

    private func id() -> RecordID { RecordID("record-\(random.below(60))") }

    private func expectEqual<Value: Equatable>(_ engine: Value, _ model: Value, _ what: String)
        throws
    {
        if engine != model { throw Differs(what: what, engine: "\(engine)", model: "\(model)") }
    }
}

private struct Differs: Error, CustomStringConvertible {
    let what, engine, model: String
    var description: String { "\(what): the engine says \(engine), the model \(model)" }
}

/// A record view that can be compared.
private struct Shown: Equatable {
    let id: RecordID
    let document: String?
    let metadata: Metadata?
    let embedding: [Float]?
    let distance: Float?

    init(_ view: RecordView) {
        id = view.id
        document = view.document
        metadata = view.metadata
        embedding = view.embedding?.withValues { Array($0) }
        distance = view.distance
    }
}

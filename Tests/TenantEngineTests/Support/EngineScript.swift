import Access
import ChromaModel
import Logging
import Platform
import TenantStorage
import TestSupport

@testable import TenantEngine

/// A scripted life of one tenant, and what its data look like after each step.
struct EngineScript {
    enum Step: Sendable {
        case create(String)
        case rename(String, to: String)
        case drop(String)
        case write(WriteOperation, RecordBatch, to: String)
        case delete(RecordSelection, limit: Int?, from: String)
        /// Commits what a read allows.
        case commit([RecordChange], to: String)
        case seal
        case restart
    }

    let scope: DatabaseScope
    let steps: [Step]

    /// Every kind of entry, several seals, merges of segments, deletions in segments.
    static func standard() async throws -> EngineScript {
        let isOdd = Where.metadata(MetadataKey("odd"), .equal(.bool(true)))
        return EngineScript(
            scope: try await TestScopes().database("script"),
            steps: [
                .create("a"), .write(.add, batch(0..<6), to: "a"), .create("b"), .seal,
                .write(.upsert, batch(4..<9), to: "a"), .write(.add, batch(0..<3), to: "b"),
                .delete(RecordSelection(filter: isOdd), limit: 2, from: "a"), .seal,
                .rename("b", to: "c"), .write(.update, batch(0..<2), to: "c"), .restart,
                .delete(RecordSelection(ids: [RecordID("0")]), limit: nil, from: "a"),
                .commit([.write(.upsert, batch(5..<7)), .delete([RecordID("8")])], to: "a"),
                .create("b"), .write(.add, batch(0..<2), to: "b"), .drop("b"), .seal,
                .write(.add, batch(20..<24), to: "c"),
                .commit([.delete([RecordID("21")]), .write(.add, batch(21..<23))], to: "c"),
            ])
    }

    private static func batch(_ numbers: Range<Int>) -> RecordBatch {
        .of(
            numbers.map { "\($0)" }, numbers.map { [Float($0), 1] },
            documents: numbers.map { $0 % 3 == 0 ? nil : "document \($0)" },
            metadatas: numbers.map { ["odd": .bool($0 % 2 == 1)] })
    }

    /// Does one step; throws what the engine throws.
    func perform(_ step: Step, on engine: any EngineClient) async throws {
        func id(_ name: String) async throws -> CollectionID {
            try await engine.collection(named: CollectionName(name), in: scope).id
        }
        switch step {
        case .create(let name):
            _ = try await engine.createCollection(.named(name), getOrCreate: false, in: scope)
        case .rename(let old, let new):
            let change = CollectionChange(name: CollectionName(new))
            try await engine.modifyCollection(try await id(old), change, in: scope)
        case .drop(let name):
            try await engine.deleteCollection(named: CollectionName(name), in: scope)
        case .write(let operation, let batch, let name):
            try await engine.write(batch, as: operation, to: try await id(name), in: scope)
        case .delete(let selection, let limit, let name):
            _ = try await engine.delete(
                selection, limit: limit, from: try await id(name), in: scope)
        case .commit(let changes, let name):
            let id = try await id(name)
            let read = try await engine.get(
                GetRequest(limit: 1), asOf: nil, from: id, in: scope)
            let transaction = RecordTransaction(
                readToken: read.token, readIDs: read.records.map(\.id), changes: changes)
            _ = try await engine.commit(transaction, to: id, in: scope)
        case .seal, .restart: break
        }
    }

    /// The data before the first step and after each, as the reference model has them.
    func expectations() async throws -> [String] {
        let model = ReferenceEngine()
        var texts = [try await Self.text(of: model, scope)]
        for step in steps {
            try await perform(step, on: model)
            texts.append(try await Self.text(of: model, scope))
        }
        return texts
    }

    /// Everything a client can see, but ids of collections, which are random.
    static func text(of engine: any EngineClient, _ scope: DatabaseScope) async throws -> String {
        var lines: [String] = []
        for state in try await engine.listCollections(in: scope, offset: 0, limit: nil) {
            lines.append("\(state.name) \(state.dimension.map { "\($0)" } ?? "-")")
            let request = GetRequest(include: [.documents, .embeddings, .metadatas, .uris])
            lines += try await engine.get(request, from: state.id, in: scope)
                .map { "  \(RecordText($0))" }
        }
        return lines.joined(separator: "\n")
    }

    /// The same, read straight from a disk as the engine opens it.
    static func text(on disk: any FileSystem, _ scope: DatabaseScope) throws -> String {
        let opener = TenantOpener(
            fileSystem: disk,
            configuration: EngineConfiguration(directory: EngineWorld.simulatedRoot),
            writes: WriteBudget(limits: WriteLimits()),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let opened = try opener.open(scope.tenant, durableEnd: nil)
        defer { opened.log.close() }
        var lines: [String] = []
        for collection in opened.directory.list(scope.database) {
            let state = collection.state
            lines.append("\(state.name) \(state.dimension.map { "\($0)" } ?? "-")")
            let snapshot = try collection.contents.read(.all).snapshot()
            let viewer = RowViewer(snapshot, [.documents, .embeddings, .metadatas, .uris])
            let all = try snapshot.page(
                .all, offset: 0, limit: nil, until: SearchDeadline(secondsMax: nil))
            lines += try viewer.views(of: all, until: SearchDeadline(secondsMax: nil)).map {
                "  \(RecordText($0))"
            }
        }
        return lines.joined(separator: "\n")
    }
}

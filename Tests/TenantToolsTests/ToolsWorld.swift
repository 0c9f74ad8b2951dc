import Access
import ChromaModel
import Logging
import Platform
import TenantStorage
import TestSupport

@testable import TenantEngine
@testable import TenantTools

/// A tenant that an engine wrote, for tools to look at once the engine is closed.
final class ToolsWorld {
    let scope: DatabaseScope
    let fileSystem: any FileSystem
    let directory: String
    private(set) var host: TenantEngineHost

    /// - Parameter directory: on a simulated disk no catalog is made.
    init(
        on fileSystem: any FileSystem = SimulatedFileSystem(),
        directory: String = "/simulated/tenants", scope: DatabaseScope? = nil
    ) async throws {
        self.fileSystem = fileSystem
        self.directory = directory
        if let scope {
            self.scope = scope
        } else {
            self.scope = try await TestScopes().database("tools")
        }
        host = Self.host(directory, fileSystem)
    }

    private static func host(_ directory: String, _ fileSystem: any FileSystem)
        -> TenantEngineHost
    {
        var configuration = EngineConfiguration(
            directory: directory, searchThreads: 1, ioThreads: 1)
        // Only `seal` seals.
        configuration.sealQuietNanoseconds = 1 << 60
        configuration.unsealedBytesMax = .max
        return TenantEngineHost(
            configuration: configuration, fileSystem: fileSystem, random: SystemRandomSource(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    var files: TenantFiles {
        TenantFiles(
            directory + "/\(scope.tenant)", tenant: scope.tenant, fileSystem: fileSystem)
    }

    func survey() throws -> TenantSurvey { try TenantSurvey.survey(files) }

    func seal() async throws { _ = try await host.engine(for: scope.tenant).seal() }

    /// Ends the engine in good order.
    func close() async { await host.close() }

    func reopen() async {
        await host.close()
        host = Self.host(directory, fileSystem)
    }

    func create(_ name: String) async throws -> CollectionID {
        try await host.createCollection(
            CollectionDraft(
                name: CollectionName(name), metadata: nil,
                settings: CollectionSettings(
                    space: .l2, configurationJSON: "{}", schemaJSON: "{}")),
            getOrCreate: false, in: scope
        ).id
    }

    func upsert(_ numbers: Range<Int>, to collection: CollectionID) async throws {
        try await host.write(.numbered(numbers), as: .upsert, to: collection, in: scope)
    }

    func delete(_ ids: [String], from collection: CollectionID) async throws {
        _ = try await host.delete(
            RecordSelection(ids: ids.map { RecordID($0) }), limit: nil, from: collection,
            in: scope)
    }

    /// Every record of every collection, as text.
    func contents() async throws -> [String] {
        var lines: [String] = []
        for state in try await host.listCollections(in: scope, offset: 0, limit: nil) {
            lines.append("# \(state.name)")
            let request = GetRequest(include: [.documents, .embeddings, .metadatas, .uris])
            for view in try await host.get(request, from: state.id, in: scope) {
                let embedding = view.embedding?.withValues { Array($0) } ?? []
                let metadata = view.metadata.map { "\($0.entries.map { "\($0.value)" })" }
                lines.append(
                    "\(view.id) \(view.document ?? "-") \(embedding) \(metadata ?? "-")")
            }
        }
        return lines
    }

    /// A tenant with two sealed collections, deleted rows in a segment, a fork, and log entries
    /// behind the checkpoint.
    static func filled(on fileSystem: any FileSystem = SimulatedFileSystem()) async throws
        -> ToolsWorld
    {
        let world = try await ToolsWorld(on: fileSystem)
        let first = try await world.create("first")
        let second = try await world.create("second")
        try await world.upsert(0..<8, to: first)
        try await world.upsert(0..<3, to: second)
        try await world.seal()
        try await world.delete(["1", "2"], from: first)
        _ = try await world.host.forkCollection(
            first, as: CollectionName("fork"), in: world.scope)
        try await world.seal()
        try await world.upsert(2..<5, to: second)
        try await world.upsert(20..<22, to: first)
        await world.close()
        return world
    }
}

extension RecordBatch {
    /// Records whose content follows from their number.
    static func numbered(_ numbers: Range<Int>) -> RecordBatch {
        RecordBatch(
            ids: numbers.map { RecordID("\($0)") },
            embeddings: .rows(numbers.map { [Float($0), 1, -Float($0 % 7)] }),
            documents: numbers.map { $0 % 5 == 4 ? nil : "secret document \($0)" },
            metadatas: numbers.map {
                MetadataPatch([.init(MetadataKey("n"), .int(Int64($0 % 3)))])
            })
    }
}

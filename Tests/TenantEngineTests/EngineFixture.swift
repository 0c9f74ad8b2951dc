import Access
import ChromaModel
import Logging
import Platform
import TenantStorage
import TestSupport

@testable import TenantEngine

/// An engine host over a directory of its own, which a test seals and restarts when it likes.
final class EngineFixture {
    let scope: DatabaseScope
    private(set) var host: TenantEngineHost
    private let directory = TemporaryDirectory()
    private let scopes: TestScopes

    /// - Parameters:
    ///   - database: whose scope the test works in.
    ///   - limits: what the tenant has instead of its plan's limits.
    init(database: String = "fixture", limits: [UsageType: Int] = [:]) async throws {
        scopes = try TestScopes()
        for (usage, limit) in limits { try scopes.setLimit(usage, limit) }
        scope = try await scopes.database(database)
        host = Self.host(directory.path)
    }

    /// Another database of the same tenant, or a new scope of the same one.
    func database(_ name: String) async throws -> DatabaseScope {
        try await scopes.database(name)
    }

    /// A scope of the fixture's database that shows some collections only.
    func narrowed(to pattern: String) async throws -> DatabaseScope {
        try await scopes.database(
            scope.databaseName.value, collections: CollectionPattern(pattern))
    }

    /// For scopes that are made from here on.
    func setLimit(_ usage: UsageType, _ limit: Int) throws { try scopes.setLimit(usage, limit) }

    private static func host(_ path: String) -> TenantEngineHost {
        var configuration = EngineConfiguration(
            directory: path + "/tenants", searchThreads: 2, ioThreads: 2)
        // Only `seal` seals.
        configuration.sealQuietNanoseconds = .max / 4
        return TenantEngineHost(
            configuration: configuration, fileSystem: PosixFileSystem(),
            random: SystemRandomSource(),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    func seal() async throws { try await host.engine(for: scope.tenant).seal() }

    func restart() async {
        await host.close()
        host = Self.host(directory.path)
    }

    func close() async { await host.close() }

    static func draft(_ name: String) -> CollectionDraft {
        CollectionDraft(
            name: CollectionName(name), metadata: nil,
            settings: CollectionSettings(space: .l2, configurationJSON: "{}", schemaJSON: "{}"))
    }

    func create(_ name: String) async throws -> CollectionID {
        try await host.createCollection(Self.draft(name), getOrCreate: false, in: scope).id
    }

    func state(_ id: CollectionID) async throws -> CollectionState {
        try await host.collection(id: id, in: scope)
    }

    /// Upserts records with the embedding `[1]` and the metadata `{key: 1}`.
    func upsert(_ ids: [String], key: String = "k", to collection: CollectionID) async throws {
        let batch = RecordBatch(
            ids: ids.map { RecordID($0) }, embeddings: .rows(ids.map { _ in [1] }),
            metadatas: ids.map { _ in MetadataPatch([.init(MetadataKey(key), .int(1))]) })
        try await host.write(batch, as: .upsert, to: collection, in: scope)
    }

    func delete(_ ids: [String], from collection: CollectionID) async throws {
        let selection = RecordSelection(ids: ids.map { RecordID($0) })
        _ = try await host.delete(selection, limit: nil, from: collection, in: scope)
    }

    /// A collection's rows in segments.
    struct SegmentUse: Equatable {
        let file: SegmentID
        let storedAs: CollectionID
        let rowCount: Int
    }

    func segmentRows(_ collection: CollectionID) async throws -> [SegmentUse] {
        let found = try await host.engine(for: scope.tenant)
            .collection(collection, in: scope.database)
        return try found.contents.read([]).snapshot().parts.compactMap { part in
            guard case .segment(let sections) = part.rows else { return nil }
            return SegmentUse(
                file: sections.file.id, storedAs: sections.collection, rowCount: part.rowCount)
        }
    }

    /// The names of the tenant's segment files.
    func segmentFiles() throws -> [String] {
        try PosixFileSystem().list("\(directory.path)/tenants/\(scope.tenant)/segments")
    }

    func ids(_ collection: CollectionID) async throws -> [String] {
        try await host.get(GetRequest(), from: collection, in: scope).map(\.id.value)
    }
}

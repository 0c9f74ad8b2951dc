import Access
import ChromaModel
import Logging
import Platform
import TestSupport

@testable import TenantEngine

/// An engine host over some file system, and the scope of one database.
final class EngineWorld {
    /// No such directory is on the real disk, so SQLite makes no catalog there.
    static let simulatedRoot = "/simulated/tenants"

    let scope: DatabaseScope
    let configuration: EngineConfiguration
    private(set) var host: TenantEngineHost
    private(set) var fileSystem: any FileSystem
    private let time: any TimeSource

    /// - Parameter sealsByItself: whether tails become segments by time and size; else only by
    ///   `seal()`.
    init(
        on fileSystem: any FileSystem = SimulatedFileSystem(),
        directory: String = EngineWorld.simulatedRoot, scope: DatabaseScope? = nil,
        sealsByItself: Bool = false, time: any TimeSource = SystemTimeSource(),
        configure: (inout EngineConfiguration) -> Void = { _ in }
    ) async throws {
        var configuration = EngineConfiguration(
            directory: directory, searchThreads: 1, ioThreads: 1)
        configuration.refusesUnknownQueryIDs = false
        if !sealsByItself {
            configuration.sealQuietNanoseconds = 1 << 60
            configuration.unsealedBytesMax = .max
        }
        configure(&configuration)
        self.configuration = configuration
        self.fileSystem = fileSystem
        if let scope {
            self.scope = scope
        } else {
            self.scope = try await TestScopes().database("test_database")
        }
        self.time = time
        host = Self.host(configuration, fileSystem, time)
    }

    /// Ends this host, if it can, and starts the next one, on another disk if one is given.
    func restart(on next: (any FileSystem)? = nil) async {
        await host.close()
        fileSystem = next ?? fileSystem
        host = Self.host(configuration, fileSystem, time)
    }

    /// Moves all tails of the tenant into segments now.
    func seal() async throws { try await host.engine(for: scope.tenant).seal() }

    func createCollection(
        _ name: String, space: DistanceSpace = .l2, metadata: Metadata? = nil,
        getOrCreate: Bool = false, in other: DatabaseScope? = nil
    ) async throws -> CollectionState {
        try await host.createCollection(
            .named(name, space: space, metadata: metadata), getOrCreate: getOrCreate,
            in: other ?? scope)
    }

    /// Ids of the selected records in insertion order.
    func ids(
        _ collection: CollectionID, where filter: Where? = nil, ids: [String]? = nil,
        offset: Int = 0, limit: Int? = nil
    ) async throws -> [String] {
        let selection = RecordSelection(ids: ids?.map { RecordID($0) }, filter: filter)
        let request = GetRequest(selection: selection, offset: offset, limit: limit, include: [])
        return try await host.get(request, from: collection, in: scope).map(\.id.value)
    }

    func record(_ id: String, of collection: CollectionID) async throws -> RecordText? {
        let request = GetRequest(
            selection: RecordSelection(ids: [RecordID(id)]),
            include: [.documents, .embeddings, .metadatas, .uris])
        return try await host.get(request, from: collection, in: scope).first.map { RecordText($0) }
    }

    func write(
        _ operation: WriteOperation, _ batch: RecordBatch, to collection: CollectionID
    ) async throws {
        try await host.write(batch, as: operation, to: collection, in: scope)
    }

    private static func host(
        _ configuration: EngineConfiguration, _ fileSystem: any FileSystem,
        _ time: any TimeSource
    ) -> TenantEngineHost {
        TenantEngineHost(
            configuration: configuration, fileSystem: fileSystem, time: time,
            random: SystemRandomSource(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}

extension CollectionDraft {
    static func named(
        _ name: String, space: DistanceSpace = .l2, metadata: Metadata? = nil
    ) -> CollectionDraft {
        CollectionDraft(
            name: CollectionName(name), metadata: metadata,
            settings: CollectionSettings(space: space, configurationJSON: "{}", schemaJSON: "{}"))
    }
}

extension RecordBatch {
    /// Records with the given columns; embeddings default to one float a record.
    static func of(
        _ ids: [String], _ embeddings: [[Float]?]? = nil, documents: [String?]? = nil,
        uris: [String?]? = nil, metadatas: [[String: MetadataValue?]?]? = nil
    ) -> RecordBatch {
        let rows = embeddings ?? ids.indices.map { [Float($0)] }
        return RecordBatch(
            ids: ids.map { RecordID($0) }, embeddings: .rows(rows), documents: documents,
            uris: uris,
            metadatas: metadatas?.map { $0.map { MetadataPatch(from: $0) } })
    }
}

extension MetadataPatch {
    init(from values: [String: MetadataValue?]) {
        self.init(
            values.sorted { $0.key < $1.key }.map { Change(MetadataKey($0.key), $0.value) })
    }
}

extension Metadata {
    init(from values: [String: MetadataValue]) {
        self.init(values.map { MetadataEntry(MetadataKey($0.key), $0.value) })
    }
}

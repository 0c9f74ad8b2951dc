import Access
import ChromaModel
import Foundation
import Logging
import Platform
import Synchronization
import TenantEngine
import TenantTools
import TestSupport
import Testing

@testable import EngineService

@Suite("Backups of another process's tenants", .serialized)
struct RemoteBackupTests {
    private let directory = TemporaryDirectory()
    private let scopes: TestScopes
    private let host: TenantEngineHost
    private let backups: TenantBackups

    init() throws {
        scopes = try TestScopes()
        host = TenantEngineHost(
            configuration: EngineConfiguration(
                directory: directory.path + "/data/tenants", searchThreads: 2, ioThreads: 2),
            fileSystem: PosixFileSystem(), random: SystemRandomSource(),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try PosixFileSystem().createDurableDirectory(directory.path + "/data")
        backups = TenantBackups(
            source: host, engines: host, dataDirectory: directory.path + "/data",
            tenantsDirectory: directory.path + "/data/tenants", fileSystem: PosixFileSystem(),
            time: SystemTimeSource())
    }

    private static func databases(of scope: DatabaseScope) -> [DatabaseRecord] {
        [
            DatabaseRecord(
                tenant: scope.tenant, tenantName: scope.tenantName, id: scope.database,
                name: scope.databaseName, createdAtMilliseconds: 5, revision: 2)
        ]
    }

    /// A database with a collection of some records.
    private func filled() async throws -> DatabaseScope {
        let scope = try await scopes.database("kept", tenant: "first")
        let draft = MessageGenerator(random: SeededRandom(seed: 3)).draft()
        let id = try await host.createCollection(draft, getOrCreate: false, in: scope).id
        let ids = (0..<40).map { RecordID("é\($0)") }
        let batch = RecordBatch(
            ids: ids, embeddings: .rows(ids.indices.map { [Float($0), 1] }),
            documents: ids.map { "text \($0)" })
        try await host.write(batch, as: .add, to: id, in: scope)
        return scope
    }

    private func serving(
        as role: NodeRole = .control,
        _ body: @escaping @Sendable (RemoteBackups) async throws -> Void
    ) async throws {
        let wire = try EngineWire()
        try await wire.serving(host, backups: backups) { port in
            try await wire.calling(port: port, as: role) { try await body($0.backups) }
        }
        await host.close()
    }

    @Test("are made, restored under another name and compared, over the wire")
    func roundTrip() async throws {
        let scope = try await filled()
        let target = try await scopes.database("kept", tenant: "second")
        let place = directory.path + "/backup"
        let adopted = Mutex<[DatabaseRecord]>([])
        try await serving { remote in
            let manifest = try await remote.createBackup(of: scope.tenantScope, in: place) {
                Self.databases(of: scope)
            }
            #expect(manifest.collections.map(\.records) == [40])
            let restored = try await remote.restoreBackup(
                BackupRestore(
                    directory: place, tenant: target.tenant,
                    newDatabases: { names in
                        #expect(names == [DatabaseName("kept")])
                        return Self.databases(of: target)
                    },
                    adopt: { records in adopted.withLock { $0 = records } },
                    verificationScope: { _ in target }))
            #expect(restored.manifest.collections == manifest.collections)
            #expect(restored.verification?.differences == [])
            #expect(restored.verification?.records == 40)
        }
        #expect(adopted.withLock { $0 } == Self.databases(of: target))
    }

    @Test("a restore whose tenant may not be made leaves nothing, and says why")
    func refusedAdoption() async throws {
        let scope = try await filled()
        let target = try await scopes.database("kept", tenant: "second")
        let place = directory.path + "/backup"
        try await serving { remote in
            _ = try await remote.createBackup(of: scope.tenantScope, in: place) {
                Self.databases(of: scope)
            }
            let restore = BackupRestore(
                directory: place, tenant: target.tenant,
                newDatabases: { _ in Self.databases(of: target) },
                adopt: { _ in throw ServiceError(.alreadyExists, "somebody was quicker") },
                verificationScope: nil)
            let error = await #expect(throws: ServiceError.self) {
                _ = try await remote.restoreBackup(restore)
            }
            #expect(error?.code == .alreadyExists && error?.message == "somebody was quicker")
        }
        let tenants = try PosixFileSystem().list(directory.path + "/data/tenants")
        #expect(tenants == ["\(scope.tenant)"])
    }

    @Test("what a restore of unknown outcome left is removed when nobody knows the tenant")
    func unfinished() async throws {
        let scope = try await filled()
        let target = try await scopes.database("kept", tenant: "second")
        let place = directory.path + "/backup"
        try await serving { remote in
            _ = try await remote.createBackup(of: scope.tenantScope, in: place) {
                Self.databases(of: scope)
            }
            let restore = BackupRestore(
                directory: place, tenant: target.tenant,
                newDatabases: { _ in Self.databases(of: target) },
                adopt: { _ in throw ServiceError(.unavailable, "the database is away") },
                verificationScope: nil)
            await #expect(throws: ServiceError.self) {
                _ = try await remote.restoreBackup(restore)
            }
            let asked = Mutex<[TenantID]>([])
            try await remote.removeUnfinished { tenant in
                asked.withLock { $0.append(tenant) }
                return false
            }
            #expect(asked.withLock { $0 } == [target.tenant])
        }
        let tenants = try PosixFileSystem().list(directory.path + "/data/tenants")
        #expect(tenants == ["\(scope.tenant)"])
    }

    @Test("are not for frontends")
    func frontend() async throws {
        let scope = try await filled()
        let place = directory.path + "/backup"
        try await serving(as: .frontend) { remote in
            await #expect(throws: ServiceError.self) {
                _ = try await remote.createBackup(of: scope.tenantScope, in: place) { [] }
            }
        }
        #expect(try !PosixFileSystem().exists(place))
    }
}

import Access
import ChromaModel
import Platform
import TenantStorage
import TestSupport

@testable import TenantEngine
@testable import TenantTools

/// A filled tenant on a simulated disk, and what makes and restores its backups.
struct BackupWorld {
    let disk = SimulatedFileSystem()
    let world: ToolsWorld

    init() async throws {
        world = try await ToolsWorld.filled(on: disk)
        await world.reopen()
    }

    func backups(_ host: TenantEngineHost, on disk: SimulatedFileSystem? = nil) -> TenantBackups {
        TenantBackups(
            source: host, engines: host, dataDirectory: "/simulated",
            tenantsDirectory: world.directory, fileSystem: disk ?? self.disk,
            time: ManualTimeSource())
    }

    private func databases(of scope: DatabaseScope) -> [DatabaseRecord] {
        [
            DatabaseRecord(
                tenant: scope.tenant, tenantName: scope.tenantName, id: scope.database,
                name: scope.databaseName, createdAtMilliseconds: 0)
        ]
    }

    func create(in directory: String) async throws -> BackupManifest {
        try await backups(world.host).create(of: world.scope.tenantScope, in: directory) {
            databases(of: world.scope)
        }
    }

    func write(_ cut: TenantCut, with writer: BackupWriter) throws -> BackupManifest {
        try writer.prepare(outside: "/simulated")
        do {
            return try writer.write(
                cut, tenantName: world.scope.tenantName,
                databases: [world.scope.database: world.scope.databaseName], atMilliseconds: 0)
        } catch {
            writer.abandon()
            throw error
        }
    }

    /// The records that are in a backup, by collection.
    func stored(in directory: String) throws -> [StoredRecords] {
        let reader = try BackupReader(directory, fileSystem: disk)
        let segments = try reader.openSegments()
        return try reader.checkpoint.collections.map { try StoredRecords($0, in: segments) }
    }

    /// Puts the backup into another tenant, whose scope it returns.
    @discardableResult
    func install(
        from directory: String, on disk: SimulatedFileSystem? = nil,
        adopt: () async throws -> Void = {}
    ) async throws -> (DatabaseScope, InstalledBackup) {
        let reader = try await backups(world.host, on: disk).open(directory)
        return try await install(reader, on: disk, adopt: adopt)
    }

    @discardableResult
    func install(
        _ reader: BackupReader, on disk: SimulatedFileSystem? = nil,
        adopt: () async throws -> Void = {}
    ) async throws -> (DatabaseScope, InstalledBackup) {
        let scope = try await TestScopes().database("tools", tenant: "other")
        let installed = try await backups(world.host, on: disk).install(
            reader, as: scope.tenant, databases: databases(of: scope), adopt: adopt)
        return (scope, installed)
    }

    /// Files that are neither the tenant's own nor its backups'.
    func restored(on disk: SimulatedFileSystem) -> [String] {
        disk.filePaths.filter {
            !$0.hasPrefix("/backups/") && !$0.hasPrefix(world.files.root + "/")
        }
    }

    func restore(from directory: String) async throws -> (BackupVerification, [String]) {
        let (scope, installed) = try await install(from: directory)
        let target = try await ToolsWorld(on: disk, directory: world.directory, scope: scope)
        let verification = try await backups(target.host).verify(installed) { _ in scope }
        let contents = try await target.contents()
        await target.close()
        return (verification, contents)
    }
}

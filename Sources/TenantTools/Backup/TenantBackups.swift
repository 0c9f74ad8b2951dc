import Access
import ChromaModel
import Platform
import TenantEngine
import TenantStorage

/// Makes backups of tenants that are being served, and tenants out of backups.
///
/// All calls throw `ServiceError`.
package struct TenantBackups: Sendable {
    private let source: any TenantCutSource
    private let engines: any EngineClient
    private let dataDirectory: String
    private let tenantsDirectory: String
    private let fileSystem: any FileSystem
    private let time: any TimeSource
    /// Tenants that are being restored by this process.
    private let running = RunningRestores()

    /// - Parameters:
    ///   - dataDirectory: `DATA`, where no backup may be.
    ///   - tenantsDirectory: where the tenants' directories are: `DATA/tenants`.
    package init(
        source: any TenantCutSource, engines: any EngineClient, dataDirectory: String,
        tenantsDirectory: String, fileSystem: any FileSystem, time: any TimeSource
    ) {
        self.source = source
        self.engines = engines
        self.dataDirectory = dataDirectory
        self.tenantsDirectory = tenantsDirectory
        self.fileSystem = fileSystem
        self.time = time
    }

    // MARK: Making one

    /// Writes a backup of everything that was acknowledged before the call.
    ///
    /// - Parameters:
    ///   - directory: an absolute path of a directory that is empty or does not exist.
    ///   - databases: asks for the tenant's databases. It is asked before and after the cut, so
    ///     that none is missing that had a collection in it.
    /// - Throws: `ServiceError`; then the directory is as it was, or empty.
    package func create(
        of scope: TenantScope, in directory: String,
        databases: () async throws -> [DatabaseRecord]
    ) async throws -> BackupManifest {
        let writer = BackupWriter(
            fileSystem: fileSystem, directory: directory.trimmingSlashes, tenant: scope.tenant)
        try await BackupThreads.run { [dataDirectory] in
            try writer.prepare(outside: dataDirectory)
        }
        do {
            let before = try await databases()
            let cut = try await source.cut(scope)
            let names = Self.names(before: before, after: try await databases())
            let now = time.unixMilliseconds()
            return try await BackupThreads.run {
                try writer.write(
                    cut, tenantName: scope.tenantName, databases: names, atMilliseconds: now)
            }
        } catch {
            try? await BackupThreads.run { writer.abandon() }
            throw error
        }
    }

    /// A database that was deleted and made again meanwhile counts as the new one alone.
    private static func names(before: [DatabaseRecord], after: [DatabaseRecord])
        -> [DatabaseID: DatabaseName]
    {
        let taken = Set(after.map(\.name))
        let gone = before.filter { !taken.contains($0.name) }
        return Dictionary((after + gone).map { ($0.id, $0.name) }) { first, _ in first }
    }

    // MARK: Making a tenant of one

    /// Reads a backup and checks every byte of it. Throws as `BackupReader` does.
    package func open(_ directory: String) async throws -> BackupReader {
        try await BackupThreads.run { [fileSystem] in
            try BackupReader(directory, fileSystem: fileSystem)
        }
    }

    /// Writes the files of a tenant that nobody can name yet, then has it adopted.
    ///
    /// When adopting is refused the files are removed; when its outcome is unknown they stay
    /// until the next start, which asks again (`removeUnfinished`).
    ///
    /// - Parameters:
    ///   - databases: the new tenant's; each has the name of one in the backup.
    ///   - adopt: makes the tenant known. Throws `alreadyExists` when it surely did not.
    /// - Returns: what a verification compares with.
    package func install(
        _ backup: BackupReader, as tenant: TenantID, databases: [DatabaseRecord],
        adopt: () async throws -> Void
    ) async throws -> InstalledBackup {
        let installer = BackupInstaller(backup: backup, target: files(of: tenant), ledger: ledger)
        let ids = backup.databaseIDs(in: databases)
        running.begin(tenant)
        defer { running.end(tenant) }
        let installed = try await BackupThreads.run { try installer.install(ids) }
        do {
            try await adopt()
        } catch let error as ServiceError where error.code == .alreadyExists {
            try await BackupThreads.run { try installer.withdraw() }
            throw error
        }
        // Else the next start does it, which finds that the tenant is known.
        try? await BackupThreads.run { [ledger] in try ledger.end(tenant) }
        return installed
    }

    /// Removes what restores have left that were cut short, but for those that are running.
    ///
    /// - Parameter isKnown: whether there is, or was, such a tenant.
    package func removeUnfinished(isKnown: @escaping @Sendable (TenantID) async throws -> Bool)
        async throws
    {
        let unfinished = try await BackupThreads.run { [ledger] in try ledger.unfinished() }
        for tenant in unfinished where !running.contains(tenant) {
            let isKnown = try await isKnown(tenant)
            try await BackupThreads.run { [ledger, files = files(of: tenant)] in
                if !isKnown { try files.fileSystem.removeTree(files.root) }
                try ledger.end(tenant)
            }
        }
    }

    /// Compares a restored tenant with the backup: counts, every record, filters and neighbours.
    ///
    /// - Parameter scope: gives the scope of one of the tenant's databases.
    package func verify(
        _ installed: InstalledBackup, scope: (DatabaseName) async throws -> DatabaseScope
    ) async throws -> BackupVerification {
        var verifier = BackupVerifier(engines: engines)
        for collection in installed.backup.checkpoint.collections {
            guard let name = installed.backup.name(of: collection.state.database) else { continue }
            let stored = try await BackupThreads.run {
                try StoredRecords(collection, in: installed.segments)
            }
            try await verifier.compare(stored, in: scope(name))
        }
        return verifier.result
    }

    private func files(of tenant: TenantID) -> TenantFiles {
        TenantFiles(tenantsDirectory + "/\(tenant)", tenant: tenant, fileSystem: fileSystem)
    }

    private var ledger: RestoreLedger {
        RestoreLedger(directory: dataDirectory + "/restores", fileSystem: fileSystem)
    }
}

import Access
import ChromaModel

extension TenantBackups: BackupClient {
    package func createBackup(
        of scope: TenantScope, in directory: String,
        databases: @escaping @Sendable () async throws -> [DatabaseRecord]
    ) async throws -> BackupManifest {
        try await create(of: scope, in: directory, databases: databases)
    }

    package func restoreBackup(_ restore: BackupRestore) async throws -> RestoredBackup {
        let backup = try await open(restore.directory)
        // A caller who hangs up doesn't cut it short between the files and the name.
        let installed = try await Task { try await install(backup, by: restore) }.value
        guard let scope = restore.verificationScope else {
            return RestoredBackup(manifest: backup.manifest, verification: nil)
        }
        return RestoredBackup(
            manifest: backup.manifest,
            verification: try await verify(installed, scope: scope))
    }

    /// The files come first and the tenant's name last: whoever can name it finds everything.
    private func install(_ backup: BackupReader, by restore: BackupRestore) async throws
        -> InstalledBackup
    {
        let databases = try await restore.newDatabases(backup.databaseNames)
        return try await install(backup, as: restore.tenant, databases: databases) {
            try await restore.adopt(databases)
        }
    }
}

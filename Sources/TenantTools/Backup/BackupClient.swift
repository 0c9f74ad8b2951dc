import Access
import ChromaModel

/// The control plane's door to backups, which are made and restored where the tenants' files are;
/// in one process it is `TenantBackups`.
///
/// What only the control plane knows is asked of it by closures. All calls throw `ServiceError`,
/// and what the closures throw.
package protocol BackupClient: Sendable {
    /// Writes a backup of everything that was acknowledged before the call. When it throws, the
    /// directory is as it was, or empty.
    ///
    /// - Parameters:
    ///   - directory: an absolute path, where the engine is, of a directory that is empty or does
    ///     not exist.
    ///   - databases: asks for the tenant's databases, more than once.
    func createBackup(
        of scope: TenantScope, in directory: String,
        databases: @escaping @Sendable () async throws -> [DatabaseRecord]
    ) async throws -> BackupManifest

    /// Makes a tenant of a backup of which every byte is checked first.
    func restoreBackup(_ restore: BackupRestore) async throws -> RestoredBackup

    /// Removes what restores have left that were cut short, but for those that are running.
    ///
    /// - Parameter isKnown: whether there is, or was, such a tenant.
    func removeUnfinished(isKnown: @escaping @Sendable (TenantID) async throws -> Bool)
        async throws
}

/// What a restore needs to know.
package struct BackupRestore: Sendable {
    /// An absolute path where the engine is.
    package let directory: String
    /// Nobody can name it yet.
    package let tenant: TenantID
    /// New databases of the tenant, with these names.
    package let newDatabases: @Sendable ([DatabaseName]) async throws -> [DatabaseRecord]
    /// Makes the tenant and these databases known, once its files are there. Throws
    /// `alreadyExists` when it surely did not.
    package let adopt: @Sendable ([DatabaseRecord]) async throws -> Void
    /// The scope of one of the tenant's databases, to compare it with the backup; nil leaves it
    /// uncompared.
    package let verificationScope: (@Sendable (DatabaseName) async throws -> DatabaseScope)?

    package init(
        directory: String, tenant: TenantID,
        newDatabases: @escaping @Sendable ([DatabaseName]) async throws -> [DatabaseRecord],
        adopt: @escaping @Sendable ([DatabaseRecord]) async throws -> Void,
        verificationScope: (@Sendable (DatabaseName) async throws -> DatabaseScope)?
    ) {
        self.directory = directory
        self.tenant = tenant
        self.newDatabases = newDatabases
        self.adopt = adopt
        self.verificationScope = verificationScope
    }
}

/// What was restored.
package struct RestoredBackup: Sendable {
    package let manifest: BackupManifest
    /// nil when it wasn't asked for.
    package let verification: BackupVerification?

    package init(manifest: BackupManifest, verification: BackupVerification?) {
        self.manifest = manifest
        self.verification = verification
    }
}

import Access
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TenantTools
import TesseraRPC

/// The methods of `tessera.admin.v1.BackupService`.
struct BackupService: Sendable {
    let controlPlane: ControlPlane
    let authoriser: Authoriser
    let backups: TenantBackups

    var endpoints: [any AdminEndpoint] {
        [Endpoint(.createBackup, create), Endpoint(.restoreBackup, restore)]
    }

    @Sendable private func create(
        _ request: AdminCreateBackupRequest, as principal: Principal
    ) async throws -> AdminBackup {
        let name = try ResourceName(
            parsing: request.parent, field: "parent", as: [ResourceName.tenantShape])
        let scope = try await authoriser.tenantScope(
            for: principal, .createBackups, tenant: TenantName(name.segments[1]))
        let manifest = try await backups.create(of: scope, in: request.directory) {
            try await controlPlane.listDatabases(in: scope, offset: 0, limit: nil)
        }
        return AdminBackup(manifest, in: request.directory)
    }

    @Sendable private func restore(
        _ request: AdminRestoreBackupRequest, as principal: Principal
    ) async throws -> AdminRestoreBackupResponse {
        let tenant = try await controlPlane.draftTenant(named: TenantName(request.tenantID))
        let backup = try await backups.open(request.directory)
        // A caller who hangs up doesn't cut it short between the files and the name.
        let installed = try await Task { try await install(backup, as: tenant) }.value
        var response = AdminRestoreBackupResponse.with {
            $0.backup = AdminBackup(backup.manifest, in: request.directory)
            $0.tenant = ResourceName("tenants", tenant.name.value).description
        }
        guard request.verify else { return response }
        let verification = try await backups.verify(installed) { database in
            try await authoriser.databaseScope(
                for: principal, .restoreBackups, tenant: tenant.name, database: database)
        }
        response.verification = AdminVerification(verification)
        return response
    }

    /// The files come first and the tenant's name last: whoever can name it finds everything.
    private func install(_ backup: BackupReader, as tenant: TenantRecord) async throws
        -> InstalledBackup
    {
        let databases = try controlPlane.draftDatabases(backup.databaseNames, of: tenant)
        return try await backups.install(backup, as: tenant.id, databases: databases) {
            try await controlPlane.adopt(tenant, databases)
        }
    }
}

extension AdminBackup {
    fileprivate init(_ manifest: BackupManifest, in directory: String) {
        self.init()
        self.directory = directory
        tenant = ResourceName("tenants", manifest.tenantName).description
        createTime = Google_Protobuf_Timestamp(unixMilliseconds: manifest.createdAtMilliseconds)
        position = manifest.position
        sizeBytes = UInt64(manifest.byteCount)
        collections = manifest.collections.map { collection in
            .with {
                $0.database = collection.database
                $0.collection = collection.name
                $0.records = UInt64(collection.records)
                $0.digest = collection.digest
            }
        }
    }
}

extension AdminVerification {
    fileprivate init(_ verification: BackupVerification) {
        self.init()
        records = UInt64(verification.records)
        filters = UInt64(verification.filters)
        searches = UInt64(verification.searches)
        differences = verification.differences
    }
}

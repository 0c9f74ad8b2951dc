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
    let backups: any BackupClient

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
        let manifest = try await backups.createBackup(of: scope, in: request.directory) {
            try await controlPlane.listDatabases(in: scope, offset: 0, limit: nil)
        }
        return AdminBackup(manifest, in: request.directory)
    }

    @Sendable private func restore(
        _ request: AdminRestoreBackupRequest, as principal: Principal
    ) async throws -> AdminRestoreBackupResponse {
        let tenant = try await controlPlane.draftTenant(named: TenantName(request.tenantID))
        let verificationScope = { @Sendable (database: DatabaseName) in
            try await authoriser.databaseScope(
                for: principal, .restoreBackups, tenant: tenant.name, database: database)
        }
        let restored = try await backups.restoreBackup(
            BackupRestore(
                directory: request.directory, tenant: tenant.id,
                newDatabases: { try controlPlane.draftDatabases($0, of: tenant) },
                adopt: { try await controlPlane.adopt(tenant, $0) },
                verificationScope: request.verify ? verificationScope : nil))
        return .with {
            $0.backup = AdminBackup(restored.manifest, in: request.directory)
            $0.tenant = ResourceName("tenants", tenant.name.value).description
            if let verification = restored.verification {
                $0.verification = AdminVerification(verification)
            }
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

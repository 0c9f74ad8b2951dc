import Access
import ChromaModel
import Directory
import Platform
import Postgres

/// Tenants whose data is there before they are.
extension ControlPlane {
    /// A tenant with an id of its own that is not stored yet: nobody can name it.
    ///
    /// Throws `invalidArgument` for a bad name, `alreadyExists` when a live tenant has it.
    package func draftTenant(named name: TenantName) async throws -> TenantRecord {
        try ResourceName.validate(name)
        guard try await tenant(named: name) == nil else { throw Self.tenantExists(name) }
        return TenantRecord(
            id: TenantID(ids.next()), name: name, plan: defaultPlan,
            createdAtMilliseconds: time.unixMilliseconds())
    }

    /// The databases of a drafted tenant. Throws `invalidArgument` for a bad name.
    package func draftDatabases(_ names: [DatabaseName], of tenant: TenantRecord) throws
        -> [DatabaseRecord]
    {
        try names.map { name in
            try ResourceName.validate(name)
            return DatabaseRecord(
                tenant: tenant.id, tenantName: tenant.name, id: DatabaseID(ids.next()),
                name: name, createdAtMilliseconds: tenant.createdAtMilliseconds)
        }
    }

    /// Whether there is such a tenant, or was until it was deleted.
    package func hasEverHadTenant(_ id: TenantID) async throws -> Bool {
        try await translatingErrors { try await TenantStore.exists(id, in: pool) }
    }

    /// Makes a drafted tenant and its databases known, all at once.
    ///
    /// Throws `alreadyExists` when the name was taken meanwhile.
    package func adopt(_ tenant: TenantRecord, _ databases: [DatabaseRecord]) async throws {
        do {
            try await commit { transaction in
                try await TenantStore.insert(tenant, in: transaction)
                for database in databases {
                    try await DatabaseStore.insert(database, in: transaction)
                }
                return ((), .tenantCreated(tenant.id, tenant.name))
            }
        } catch let error as ServiceError where error.code == .alreadyExists {
            throw Self.tenantExists(tenant.name, cause: error.cause)
        }
    }

    private static func tenantExists(_ name: TenantName, cause: (any Error)? = nil)
        -> ServiceError
    {
        ServiceError(
            .alreadyExists,
            "Tenant [\(name)] already exists; restore under another name, or delete it first",
            cause: cause)
    }
}

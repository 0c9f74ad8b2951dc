import Access
import ChromaModel
import Directory
import Platform
import Postgres

extension ControlPlane {
    /// The live tenant of that name.
    package func tenant(named name: TenantName) async throws -> TenantRecord? {
        try await known(name, in: .tenants) {
            try await translatingErrors { try await TenantStore.find(name, in: pool) }
        }
    }

    /// Throws `alreadyExists`, or `invalidArgument` for a bad name.
    package func createTenant(named name: TenantName) async throws -> TenantRecord {
        try await AdminCall.audited(name.resource, of: name) {
            try await createTenant(named: name, on: defaultPlan)
        }
    }

    /// As above, on another plan than new tenants usually are, and with what is said of it.
    /// Throws `invalidArgument` also for a bad profile.
    package func createTenant(
        named name: TenantName, on plan: Plan, profile: TenantProfile = TenantProfile()
    ) async throws -> TenantRecord {
        try ResourceName.validate(name)
        try profile.validate()
        let record = TenantRecord(
            id: TenantID(ids.next()), name: name, plan: plan,
            createdAtMilliseconds: time.unixMilliseconds(), profile: profile)
        do {
            return try await commit { transaction in
                try await TenantStore.insert(record, in: transaction)
                return (record, .tenantCreated(record.id, name))
            }
        } catch let error as ServiceError where error.code == .alreadyExists {
            throw ServiceError(
                .alreadyExists, "Tenant [\(name)] already exists", cause: error.cause)
        }
    }

    package func setResourceName(_ name: TenantResourceName, in scope: TenantScope) async throws {
        do {
            try await AdminCall.audited(scope.tenantName.resource, of: scope.tenantName) {
                try await commit { transaction in
                    guard try await TenantStore.lockLive(scope.tenant, in: transaction) else {
                        throw Self.noTenant(scope.tenantName)
                    }
                    guard
                        try await TenantStore.setResourceName(
                            name, of: scope.tenant, in: transaction)
                    else { throw ServiceError.resourceNameRefused(cause: nil) }
                    return ((), .tenantChanged(scope.tenant, scope.tenantName))
                }
            }
        } catch let error as ServiceError where error.code == .alreadyExists {
            throw ServiceError.resourceNameRefused(cause: error.cause)
        }
    }

    /// The selected tenants in order of creation.
    package func listTenants(
        _ page: PageRequest, _ selection: TenantSelection = TenantSelection()
    ) async throws -> Page<TenantRecord> {
        let after = try PageToken.idPosition(in: page, of: .tenants)
        let records = try await translatingErrors {
            try await TenantStore.list(selection, after: after, limit: page.size + 1, in: pool)
        }
        return .cut(records, page, of: .tenants) { $0.id.description }
    }

    static func noTenant(_ name: TenantName) -> ServiceError {
        ServiceError(.notFound, "Tenant [\(name)] not found")
    }
}

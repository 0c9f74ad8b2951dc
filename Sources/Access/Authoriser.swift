import ChromaModel
import Platform
import Usage

/// Answers "may they?", and is the only maker of scopes.
///
/// A tenant's principal gets the same refusal for another tenant that exists and for one that
/// does not, without any look-up. An operator runs the installation and reads no tenant's data,
/// except in conformance mode, where it may do everything (for upstream's own test suite).
package struct Authoriser: Sendable {
    let directory: any AccessDirectory
    let conformanceMode: Bool
    private let time: any TimeSource

    /// - Parameter time: says which quota overrides have expired.
    package init(
        directory: any AccessDirectory, conformanceMode: Bool,
        time: any TimeSource = SystemTimeSource()
    ) {
        self.directory = directory
        self.conformanceMode = conformanceMode
        self.time = time
    }

    /// For actions on the installation itself: reset, create tenant.
    /// Throws `permissionDenied`.
    package func authorise(_ principal: Principal, _ action: Action) throws {
        guard allows(principal, action) else { throw Self.denied }
    }

    /// Throws `permissionDenied`; for an operator also `notFound` when there is no such tenant.
    package func tenantScope(for principal: Principal, _ action: Action, tenant: TenantName)
        async throws -> TenantScope
    {
        try await scope(of: record(for: principal, action, tenant: tenant), for: principal)
    }

    /// nil: the tenant has no database of that name, or none that the token reaches. The two
    /// are not told apart. Throws as `tenantScope` does.
    package func databaseScope(
        for principal: Principal, _ action: Action, tenant: TenantName, database: DatabaseName
    ) async throws -> DatabaseScope? {
        let record = try await record(for: principal, action, tenant: tenant)
        return try await scope(of: database, in: record, for: principal)
    }

    /// The scope of the database that a CRN names. nil unless it is one of the caller's own
    /// tenant: nobody else's names are looked up, so a foreign one and none are the same.
    package func databaseScope(
        for principal: Principal, _ action: Action, of name: CollectionResourceName
    ) async throws -> DatabaseScope? {
        try authorise(principal, action)
        guard let tenant = principal.tenantName,
            let record = try await directory.tenant(named: tenant),
            record.resourceName == name.tenant
        else { return nil }
        return try await databaseScope(
            for: principal, action, tenant: tenant, database: name.database)
    }

    /// The tenant, once it is sure that the caller may act in it.
    private func record(for principal: Principal, _ action: Action, tenant: TenantName)
        async throws -> TenantRecord
    {
        guard allows(principal, action) else { throw Self.denied }
        guard principal.role == .operator else {
            return try await ownRecord(of: principal, tenant)
        }
        guard let record = try await directory.tenant(named: tenant) else {
            throw ServiceError(.notFound, "Tenant [\(tenant)] not found")
        }
        return record
    }

    /// The principal's own tenant, as long as it lives under the name that was asked for.
    private func ownRecord(of principal: Principal, _ name: TenantName) async throws
        -> TenantRecord
    {
        guard let own = principal.tenant, principal.tenantName == name,
            let record = try await directory.tenant(named: name), record.id == own
        else { throw Self.denied }
        try record.refuseWhileSuspended()
        try record.refuseWhileStopped(atMilliseconds: time.unixMilliseconds())
        return record
    }

    /// Whether the caller may do that on some resource.
    package func allows(_ principal: Principal, _ action: Action) -> Bool {
        if principal.role == .operator, conformanceMode { return true }
        return principal.allows(action)
    }

    static var denied: ServiceError {
        ServiceError(.permissionDenied, AuthenticationRefusal.permissionDenied)
    }
}

// The makers of scopes. Who calls them has checked that the caller may.
extension Authoriser {
    func scope(of record: TenantRecord, for principal: Principal) async throws -> TenantScope {
        scope(of: record, try await directory.quotaOverrides(of: record.id), for: principal)
    }

    /// nil when there is no such database, or none that the principal's token reaches.
    func scope(of name: DatabaseName, in tenant: TenantRecord, for principal: Principal)
        async throws -> DatabaseScope?
    {
        guard principal.databases?.contains(name) ?? true,
            let database = try await directory.database(named: name, of: tenant.id)
        else { return nil }
        let overrides = try await directory.quotaOverrides(of: tenant.id)
        return DatabaseScope(
            tenantScope: scope(of: tenant, overrides, for: principal), database: database.id,
            databaseName: database.name, quotas: quotas(of: tenant, overrides, database.id),
            collections: principal.collections)
    }

    private func scope(
        of tenant: TenantRecord, _ overrides: [QuotaOverride], for principal: Principal
    ) -> TenantScope {
        TenantScope(
            tenant: tenant.id, tenantName: tenant.name, quotas: quotas(of: tenant, overrides),
            payer: UsageCredential(principal.credential.description))
    }

    private func quotas(
        of tenant: TenantRecord, _ overrides: [QuotaOverride], _ database: DatabaseID? = nil
    ) -> EffectiveQuotas {
        guard !overrides.isEmpty else { return EffectiveQuotas(plan: tenant.plan) }
        return EffectiveQuotas(
            plan: tenant.plan, overrides: overrides, database: database,
            atMilliseconds: time.unixMilliseconds())
    }
}

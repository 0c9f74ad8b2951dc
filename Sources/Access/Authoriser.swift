import ChromaModel

/// Answers "may they?", and is the only maker of scopes.
///
/// A tenant's principal gets the same refusal for another tenant that exists and for one that
/// does not, without any look-up. An operator runs the installation and reads no tenant's data,
/// except in conformance mode, where it may do everything (for upstream's own test suite).
package struct Authoriser: Sendable {
    let directory: any AccessDirectory
    let conformanceMode: Bool

    package init(directory: any AccessDirectory, conformanceMode: Bool) {
        self.directory = directory
        self.conformanceMode = conformanceMode
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
        guard allows(principal, action), reaches(action, principal) else {
            throw Self.denied
        }
        guard principal.role == .operator else {
            return try await ownScope(of: principal, tenant)
        }
        guard let record = try await directory.tenant(named: tenant) else {
            throw ServiceError(.notFound, "Tenant [\(tenant)] not found")
        }
        return TenantScope(tenant: record.id, tenantName: record.name)
    }

    /// nil: the tenant has no database of that name, or none that the token reaches. The two
    /// are not told apart. Throws as `tenantScope` does.
    package func databaseScope(
        for principal: Principal, _ action: Action, tenant: TenantName, database: DatabaseName
    ) async throws -> DatabaseScope? {
        let scope = try await tenantScope(for: principal, action, tenant: tenant)
        if let reachable = principal.databases, !reachable.contains(database) { return nil }
        guard let record = try await directory.database(named: database, of: scope.tenant) else {
            return nil
        }
        return DatabaseScope(
            tenantScope: scope, database: record.id, databaseName: record.name)
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

    /// The principal's own tenant, as long as it lives under the name that was asked for.
    private func ownScope(of principal: Principal, _ name: TenantName) async throws -> TenantScope {
        guard let own = principal.tenant, principal.tenantName == name,
            let record = try await directory.tenant(named: name), record.id == own
        else { throw Self.denied }
        return TenantScope(tenant: own, tenantName: name)
    }

    private func allows(_ principal: Principal, _ action: Action) -> Bool {
        if principal.role == .operator, conformanceMode { return true }
        return principal.role.allows(action)
    }

    /// A token for some databases neither makes others nor changes the tenant around them.
    private func reaches(_ action: Action, _ principal: Principal) -> Bool {
        principal.databases == nil || ![.createDatabase, .updateTenant].contains(action)
    }

    static var denied: ServiceError {
        ServiceError(.permissionDenied, AuthenticationRefusal.permissionDenied)
    }
}

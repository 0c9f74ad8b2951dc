import ChromaModel

/// What the admin API may reach. Existence never leaks: a tenant's principal gets `adminDenied`
/// for every tenant but its own, without any look-up.
extension Authoriser {
    /// The tenant that an admin method is about.
    ///
    /// Throws `permissionDenied`; for an operator `notFound` when there is no such tenant.
    package func tenantScope(
        for principal: Principal, _ permission: Permission, tenant: TenantName
    ) async throws -> TenantScope {
        try await scope(
            of: record(for: principal, permission, tenant: tenant), for: principal)
    }

    /// The database that an admin method is about.
    ///
    /// Throws `permissionDenied`, or `notFound` when the tenant has no such database or none that
    /// the token reaches: the two are not told apart.
    package func databaseScope(
        for principal: Principal, _ permission: Permission, tenant: TenantName,
        database: DatabaseName
    ) async throws -> DatabaseScope {
        let record = try await record(for: principal, permission, tenant: tenant)
        guard let scope = try await scope(of: database, in: record, for: principal) else {
            throw ServiceError(.notFound, "Database [\(database)] not found")
        }
        return scope
    }

    private func record(
        for principal: Principal, _ permission: Permission, tenant: TenantName
    ) async throws -> TenantRecord {
        guard principal.holds(permission),
            principal.role == .operator || principal.tenantName == tenant
        else { throw ServiceError.adminDenied }
        guard let record = try await directory.tenant(named: tenant),
            principal.role == .operator || principal.tenant == record.id
        else { throw ServiceError.noTenant(tenant, for: principal) }
        // Its own admin sees that, and why, it is suspended.
        if principal.role != .operator, permission != .getTenants {
            try record.refuseWhileSuspended()
        }
        return record
    }
}

extension TenantRecord {
    /// Throws `permissionDenied`, with the reason, while the tenant is suspended.
    func refuseWhileSuspended() throws(ServiceError) {
        guard let suspension else { return }
        throw ServiceError(
            .permissionDenied,
            "Tenant [\(name)] is suspended: \(suspension.reason). Nothing is lost; ask the"
                + " operator to resume it.")
    }

    /// Throws `permissionDenied` while a used-up budget stops the tenant. Its admin API goes on,
    /// so that it sees what it used.
    func refuseWhileStopped(atMilliseconds now: UInt64) throws(ServiceError) {
        guard let stop, now < stop.untilMilliseconds else { return }
        throw ServiceError(
            .permissionDenied,
            "Tenant [\(name)] is stopped: \(stop.reason). Nothing is lost; it goes on when the"
                + " month ends, or when the operator raises or removes the budget.")
    }
}

extension ServiceError {
    /// What the admin API says to a caller who may not, or who asks for what isn't theirs.
    package static var adminDenied: ServiceError {
        ServiceError(.permissionDenied, "Permission denied, or it may not exist.")
    }

    fileprivate static func noTenant(_ name: TenantName, for principal: Principal) -> ServiceError {
        principal.role == .operator
            ? ServiceError(.notFound, "Tenant [\(name)] not found") : .adminDenied
    }
}

import Access
import ChromaModel
import Directory
import Platform
import Postgres
import TenantEngine

extension ControlPlane {
    package func quotaOverrides(of tenant: TenantID) async throws -> [QuotaOverride] {
        let known = try await known(tenant, in: .overrides) {
            try await translatingErrors {
                try await QuotaStore.overrides(of: tenant, in: pool)
            }
        }
        return known ?? []
    }

    /// Puts an override in the place of the one there was. When it returns, this process goes by
    /// it; others do within `DirectoryCache.trustSeconds`, usually at once.
    ///
    /// Throws `invalidArgument` for what no override can be, and `notFound` when the tenant was
    /// deleted meanwhile.
    ///
    /// - Parameter database: whose override it is; nil for the tenant's own.
    package func setQuotaOverride(
        _ draft: QuotaOverrideDraft, of database: DatabaseScope?, in scope: TenantScope
    ) async throws -> QuotaOverride {
        let now = time.unixMilliseconds()
        let override = draft.override(of: database, atMilliseconds: now)
        try override.validate(atMilliseconds: now)
        return try await commit { transaction in
            guard try await TenantStore.lockLive(scope.tenant, in: transaction) else {
                throw Self.noTenant(scope.tenantName)
            }
            try await QuotaStore.put(override, of: scope.tenant, in: transaction)
            return (override, .quotaChanged(scope.tenant, scope.tenantName))
        }
    }

    /// Back to the tenant's limit, or to the plan's. Throws `notFound` when there is no override.
    ///
    /// - Parameter database: whose override it is; nil for the tenant's own.
    package func removeQuotaOverride(
        of usage: UsageType, database: DatabaseID?, in scope: TenantScope
    ) async throws {
        try await commit { transaction in
            guard
                try await QuotaStore.delete(
                    usage, of: scope.tenant, database: database, in: transaction)
            else {
                throw ServiceError(.notFound, "\(usage.rawValue) is not overridden here.")
            }
            return ((), .quotaChanged(scope.tenant, scope.tenantName))
        }
    }

    /// Puts a tenant on a plan, what it has beyond the new limits untouched. Throws `notFound`
    /// when it was deleted meanwhile.
    package func changePlan(to plan: Plan, in scope: TenantScope) async throws -> TenantRecord {
        try await commit { transaction in
            guard
                let record = try await TenantStore.setPlan(
                    plan, of: scope.tenant, in: transaction)
            else { throw Self.noTenant(scope.tenantName) }
            return (record, .quotaChanged(scope.tenant, scope.tenantName))
        }
    }

    /// What the tenant has of what quotas count tenant by tenant.
    package func stocks(in scope: TenantScope) async throws -> [UsageType: Int] {
        let databases = try await translatingErrors {
            try await DatabaseStore.count(of: scope.tenant, in: pool)
        }
        return [
            .numDatabases: databases,
            .numCollections: try await engines.countAllCollections(in: scope),
        ]
    }
}

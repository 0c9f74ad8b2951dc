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
    /// Throws `invalidArgument` for what no override can be, `notFound` when the tenant was
    /// deleted meanwhile, and `aborted` when the override that there is has not that etag.
    ///
    /// - Parameter database: whose override it is; nil for the tenant's own.
    package func setQuotaOverride(
        _ draft: QuotaOverrideDraft, of database: DatabaseScope?, in scope: TenantScope,
        ifEtag etag: String? = nil
    ) async throws -> QuotaOverride {
        let now = time.unixMilliseconds()
        let override = draft.override(of: database, atMilliseconds: now)
        try override.validate(atMilliseconds: now)
        return try await commit { transaction in
            guard try await TenantStore.lockLive(scope.tenant, in: transaction) else {
                throw Self.noTenant(scope.tenantName)
            }
            try await Self.checkEtag(
                etag, of: draft.usage, database?.database, in: scope, transaction)
            try await QuotaStore.put(override, of: scope.tenant, in: transaction)
            return (override, .quotaChanged(scope.tenant, scope.tenantName))
        }
    }

    /// Back to the tenant's limit, or to the plan's. Throws `notFound` when there is no override,
    /// `aborted` when it has not that etag.
    ///
    /// - Parameter database: whose override it is; nil for the tenant's own.
    package func removeQuotaOverride(
        of usage: UsageType, database: DatabaseID?, in scope: TenantScope,
        ifEtag etag: String? = nil
    ) async throws {
        try await commit { transaction in
            guard try await TenantStore.lockLive(scope.tenant, in: transaction) else {
                throw Self.noTenant(scope.tenantName)
            }
            try await Self.checkEtag(etag, of: usage, database, in: scope, transaction)
            guard
                try await QuotaStore.delete(
                    usage, of: scope.tenant, database: database, in: transaction)
            else {
                throw ServiceError(.notFound, "\(usage.rawValue) is not overridden here.")
            }
            return ((), .quotaChanged(scope.tenant, scope.tenantName))
        }
    }

    /// The tenant is locked, so the override stays as it is found.
    private static func checkEtag(
        _ etag: String?, of usage: UsageType, _ database: DatabaseID?, in scope: TenantScope,
        _ transaction: PostgresTransaction
    ) async throws {
        guard let etag else { return }
        let all = try await QuotaStore.overrides(of: scope.tenant, in: transaction)
        let known = all.first { $0.usage == usage && $0.database == database }
        guard let known, known.etag.isByteEqual(to: etag) else { throw Revision.conflict }
    }

    /// Puts a tenant on a plan, what it has beyond the new limits untouched. Throws `notFound`
    /// when it was deleted meanwhile, `aborted` when it is not at that revision.
    package func changePlan(
        to plan: Plan, in scope: TenantScope, ifRevision revision: Int64? = nil
    ) async throws -> TenantRecord {
        try await commit { transaction in
            guard let known = try await TenantStore.lock(scope.tenant, in: transaction) else {
                throw Self.noTenant(scope.tenantName)
            }
            try Revision.check(revision, known.revision)
            guard
                let record = try await TenantStore.setPlan(
                    plan, of: scope.tenant, in: transaction)
            else { throw Self.noTenant(scope.tenantName) }
            return (record, .quotaChanged(scope.tenant, scope.tenantName))
        }
    }

    /// What the tenant has of what quotas count tenant by tenant: stocks, and rates as far as
    /// they are used up now.
    package func used(in scope: TenantScope) async throws -> [UsageType: Int] {
        var used = try await translatingErrors {
            try await BucketStore.used(of: scope.tenant, scope.quotas, in: pool)
        }
        used[.numDatabases] = try await translatingErrors {
            try await DatabaseStore.count(of: scope.tenant, in: pool)
        }
        used[.numCollections] = try await engines.countAllCollections(in: scope)
        for usage in UsageType.allCases where usage.tokenUsage != nil {
            used[usage] = used[usage] ?? 0
        }
        return used
    }
}

import Access
import ChromaModel
import Directory
import Platform
import Postgres
import TenantEngine

/// Suspension, deletion that can be undone, purge.
extension ControlPlane {
    /// Changes what is said of a tenant.
    ///
    /// Throws `invalidArgument` for what no profile can be, `aborted` when the tenant is not at
    /// that revision any more.
    package func updateTenant(
        in scope: TenantScope, ifRevision revision: Int64? = nil,
        _ change: @escaping @Sendable (inout TenantProfile) -> Void
    ) async throws -> TenantRecord {
        try await update(scope, ifRevision: revision) { tenant throws(ServiceError) in
            change(&tenant.profile)
            try tenant.profile.validate()
        }
    }

    /// Longest reason of a suspension, in bytes.
    package static let suspendReasonBytesMax = 512

    /// Has the tenant's tokens refused until it is resumed; nothing of it is lost. In this
    /// process they are when it returns, in others as soon as they read the epoch log. Suspending
    /// a suspended tenant changes the reason.
    package func suspendTenant(
        in scope: TenantScope, reason: String, ifRevision revision: Int64? = nil
    ) async throws -> TenantRecord {
        guard !reason.isEmpty else {
            throw ServiceError.invalid("reason is missing: the tenant is shown it.")
        }
        try ShownText.check(reason, field: "reason", bytesMax: Self.suspendReasonBytesMax)
        let now = time.unixMilliseconds()
        return try await update(scope, ifRevision: revision) { tenant in
            tenant.suspension = TenantSuspension(
                atMilliseconds: tenant.suspension?.atMilliseconds ?? now, reason: reason)
        }
    }

    /// Ends a suspension. Resuming an active tenant changes nothing.
    package func resumeTenant(in scope: TenantScope, ifRevision revision: Int64? = nil)
        async throws -> TenantRecord
    {
        try await update(scope, ifRevision: revision) { $0.suspension = nil }
    }

    /// Deletes a tenant softly: its tokens are dead and its name is free when this returns, and
    /// nothing reaches its data any more, until it is undeleted or purged.
    ///
    /// Throws `notFound` when it is deleted already, `aborted` when it is not at that revision.
    @discardableResult
    package func deleteTenant(in scope: TenantScope, ifRevision revision: Int64? = nil)
        async throws -> TenantRecord
    {
        let now = time.unixMilliseconds()
        let purge = now + UInt64(undeleteDays) * Self.millisecondsPerDay
        return try await commitEverywhere { transaction in
            let old = try await self.lockTenant(scope, in: transaction)
            try Revision.check(revision, old.revision)
            guard
                let record = try await TenantStore.softDelete(
                    scope.tenant, atMilliseconds: now, purgeAtMilliseconds: purge, in: transaction)
            else { throw Self.noTenant(scope.tenantName) }
            try await TenantTokens.revoke(
                of: scope.tenant, atMilliseconds: now, in: transaction)
            return (record, .tenantDeleted(scope.tenant, scope.tenantName))
        }
    }

    /// Makes a deleted tenant what it was, its tokens and its suspension included.
    ///
    /// Throws `notFound`, `alreadyExists` when another tenant has its name by now, and
    /// `failedPrecondition` when its purge has begun or the name alone doesn't say which.
    package func undeleteTenant(_ tenant: DeletedTenant) async throws -> TenantRecord {
        do {
            return try await commit { transaction in
                let id = try await self.lockDeleted(tenant, in: transaction)
                guard let record = try await TenantStore.undelete(id, in: transaction) else {
                    throw ServiceError(
                        .failedPrecondition, "Tenant [\(tenant.name)] is being purged.")
                }
                try await TenantTokens.restore(of: id, in: transaction)
                // Its tokens and databases are cached as gone.
                return (record, .reset)
            }
        } catch let error as ServiceError where error.code == .alreadyExists {
            throw ServiceError(
                .alreadyExists,
                "Another tenant has the name or the resource name of [\(tenant.name)] by now;"
                    + " delete that one first.", cause: error.cause)
        }
    }

    private func update(
        _ scope: TenantScope, ifRevision revision: Int64?,
        _ change: @escaping @Sendable (inout TenantRecord) throws(ServiceError) -> Void
    ) async throws -> TenantRecord {
        try await commitEverywhere { transaction in
            var tenant = try await self.lockTenant(scope, in: transaction)
            try Revision.check(revision, tenant.revision)
            try change(&tenant)
            guard let updated = try await TenantStore.update(tenant, in: transaction) else {
                throw Self.noTenant(scope.tenantName)
            }
            return (updated, .tenantChanged(scope.tenant, scope.tenantName))
        }
    }

    private func lockTenant(_ scope: TenantScope, in transaction: PostgresTransaction)
        async throws -> TenantRecord
    {
        guard let record = try await TenantStore.lock(scope.tenant, in: transaction) else {
            throw Self.noTenant(scope.tenantName)
        }
        return record
    }

    private static let millisecondsPerDay: UInt64 = 86_400_000
}

extension ControlPlane {
    /// Removes a deleted tenant for good: its files first, then every row of it. When it returns
    /// they are gone; when it throws, the work goes on in the background.
    ///
    /// Throws `notFound` when no deleted tenant has the name, `failedPrecondition` when several
    /// have it.
    package func purgeTenant(_ tenant: DeletedTenant) async throws {
        let now = time.unixMilliseconds()
        let id = try await translatingErrors {
            try await pool.transaction { transaction in
                let id = try await self.lockDeleted(tenant, in: transaction)
                try await PurgeStore.claim(id, atMilliseconds: now, in: transaction)
                return id
            }
        }
        try await purge(id)
    }

    /// Purges every tenant whose time has come, one after the other. Throws for the first that
    /// can't be: another call tries it again.
    func purgeDueTenants() async throws {
        while let id = try await claimDueTenant() {
            let call = AdminCall(serverMethod: "tenant.purged", random: random)
            try await AdminCall.$current.withValue(call) { try await purge(id) }
        }
    }

    private func claimDueTenant() async throws -> TenantID? {
        let now = time.unixMilliseconds()
        return try await translatingErrors {
            try await PurgeStore.claimDue(atMilliseconds: now, in: pool)
        }
    }

    /// Finishes the purge of a tenant that was claimed. Nobody reaches it, so no cache must learn
    /// of this.
    private func purge(_ id: TenantID) async throws {
        try await engines.removeTenant(id)
        let time = time
        try await translatingErrors {
            try await pool.transaction { transaction in
                guard let name = try await PurgeStore.removeRows(of: id, in: transaction) else {
                    return
                }
                guard let call = AdminCall.current else { return }
                if call.tenant == nil { call.note(resource: "tenants/\(name)", tenant: name) }
                try await call.recordSuccess(at: time, in: transaction)
            }
        }
        AdminCall.current?.markRecorded()
    }

    private func lockDeleted(_ tenant: DeletedTenant, in transaction: PostgresTransaction)
        async throws -> TenantID
    {
        let found = try await TenantStore.lockDeleted(tenant, in: transaction)
        guard let first = found.first else {
            throw ServiceError(.notFound, "No deleted tenant is called [\(tenant.name)].")
        }
        guard found.count == 1 else {
            throw ServiceError(
                .failedPrecondition,
                "\(found.count) deleted tenants were called [\(tenant.name)]; give uid as well.")
        }
        return first.id
    }
}

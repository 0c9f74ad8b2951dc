import Access
import ChromaModel
import Directory
import Platform
import Postgres
import TenantEngine

extension ControlPlane {
    /// The live database of that name.
    package func database(named name: DatabaseName, of tenant: TenantID) async throws
        -> DatabaseRecord?
    {
        let key = DirectoryCache.DatabaseKey(tenant: tenant, name: name)
        return try await known(key, in: .databases) {
            try await translatingErrors {
                try await DatabaseStore.find(name, of: tenant, in: pool)
            }
        }
    }

    /// Throws `alreadyExists`, `invalidArgument` for a bad name, `unprocessable` past a quota,
    /// and `notFound` when the tenant was deleted meanwhile.
    ///
    /// The databases are counted under a lock of the tenant, so that no two calls count the same.
    package func createDatabase(named name: DatabaseName, in scope: TenantScope) async throws
        -> DatabaseRecord
    {
        try ResourceName.validate(name)
        try scope.quotas.check(name: name, for: .createDatabase)
        let record = DatabaseRecord(
            tenant: scope.tenant, tenantName: scope.tenantName, id: DatabaseID(ids.next()),
            name: name, createdAtMilliseconds: time.unixMilliseconds())
        let resource = name.resource(in: scope.tenantName)
        do {
            return try await AdminCall.audited(resource, of: scope.tenantName) {
                try await commit { transaction in
                    guard
                        let tenant = try await TenantStore.lockStocks(
                            of: scope.tenant, in: transaction)
                    else { throw Self.noTenant(scope.tenantName) }
                    try await self.checkRoomForDatabase(in: tenant, transaction)
                    try await DatabaseStore.insert(record, in: transaction)
                    return (record, .databaseCreated(scope.tenant, name))
                }
            }
        } catch let error as ServiceError where error.code == .alreadyExists {
            throw ServiceError(
                .alreadyExists, "Database [\(name)] already exists", cause: error.cause)
        }
    }

    /// By the quotas as they are now, not as the request found them.
    private func checkRoomForDatabase(
        in tenant: TenantRecord, _ transaction: PostgresTransaction
    ) async throws {
        let quotas = EffectiveQuotas(
            plan: tenant.plan,
            overrides: try await QuotaStore.overrides(of: tenant.id, in: transaction),
            atMilliseconds: time.unixMilliseconds())
        let count = try await DatabaseStore.count(of: tenant.id, in: transaction)
        try quotas.check(.numDatabases, count + 1, for: .createDatabase)
    }

    package func listDatabases(in scope: TenantScope, offset: Int, limit: Int?) async throws
        -> [DatabaseRecord]
    {
        try await translatingErrors {
            try await DatabaseStore.list(
                of: scope.tenant, offset: max(0, offset), limit: limit.map { max(0, $0) },
                in: pool)
        }
    }

    /// The live databases of a tenant in order of creation.
    package func listDatabases(in scope: TenantScope, page: PageRequest) async throws
        -> Page<DatabaseRecord>
    {
        let list = PageToken.List.databases(of: scope.tenant)
        let after = try PageToken.idPosition(in: page, of: list)
        let records = try await translatingErrors {
            try await DatabaseStore.list(
                of: scope.tenant, after: after, limit: page.size + 1, in: pool)
        }
        return .cut(records, page, of: list) { $0.id.description }
    }

    package func deleteDatabase(in scope: DatabaseScope) async throws {
        let resource = scope.databaseName.resource(in: scope.tenantName)
        try await AdminCall.audited(resource, of: scope.tenantName) {
            try await deleteDatabase(in: scope, ifRevision: nil)
        }
    }

    /// Deletes a database and its collections. Throws `notFound` when it is deleted already, and
    /// `aborted` when it is not at that revision.
    ///
    /// The row goes first: from then on nobody reaches the collections, so a crash before the
    /// engine has removed them leaves garbage on disk and nothing else.
    package func deleteDatabase(in scope: DatabaseScope, ifRevision revision: Int64?)
        async throws
    {
        let now = time.unixMilliseconds()
        try await commitEverywhere { transaction in
            let last = try await DatabaseStore.softDelete(
                scope.database, of: scope.tenant, atMilliseconds: now, in: transaction)
            guard let last else {
                throw ServiceError(.notFound, "Database [\(scope.databaseName)] not found")
            }
            try Revision.check(revision, last)
            return ((), .databaseDeleted(scope.tenant, scope.databaseName))
        }
        try await engines.deleteAllCollections(in: scope)
    }
}

import Access
import ChromaModel
import Platform

/// Makes real scopes, by the real authoriser, over a directory in memory.
package struct TestScopes {
    private let directory: MemoryDirectory
    private let authoriser: Authoriser

    package init() throws {
        let peppers = try Peppers([Pepper(version: 1, key: Array(repeating: 7, count: 32))])
        directory = MemoryDirectory(
            engines: ReferenceEngine(), peppers: peppers, random: SystemRandomSource())
        authoriser = Authoriser(directory: directory, conformanceMode: true)
    }

    /// Gives a tenant another limit than its plan's, in the scopes that are made from here on.
    package func setLimit(
        _ usage: UsageType, _ limit: Int, tenant name: String = "test_tenant"
    ) throws {
        directory.setLimit(usage, limit, of: try tenant(name))
    }

    private func tenant(_ name: String) throws -> TenantRecord {
        try directory.tenant(named: TenantName(name))
            ?? directory.createTenant(named: TenantName(name))
    }

    /// The scope of a database in a tenant; either is made when it isn't there.
    ///
    /// - Parameter collections: the collections that the scope shows; nil for all.
    package func database(
        _ name: String, tenant tenantName: String = "test_tenant",
        collections: CollectionPattern? = nil
    ) async throws -> DatabaseScope {
        let tenant = try tenant(tenantName)
        if directory.database(named: DatabaseName(name), of: tenant.id) == nil {
            directory.addDatabase(named: DatabaseName(name), to: tenant)
        }
        let someone = Principal(
            credential: .token(TokenKeyID("test")), role: .admin, tenant: tenant.id,
            tenantName: tenant.name, databases: nil, collections: collections)
        let scope = try await authoriser.databaseScope(
            for: someone, .get, tenant: tenant.name, database: DatabaseName(name))
        guard let scope else { throw ServiceError(.internalError, "the database has no scope") }
        return scope
    }
}

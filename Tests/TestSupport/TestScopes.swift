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

    /// The scope of a new database in a new tenant (or one made by an earlier call).
    package func database(_ name: String, tenant tenantName: String = "test_tenant") async throws
        -> DatabaseScope
    {
        let known = directory.tenant(named: TenantName(tenantName))
        let tenant: TenantRecord =
            if let known { known } else {
                try directory.createTenant(named: TenantName(tenantName))
            }
        directory.addDatabase(named: DatabaseName(name), to: tenant)
        let someone = Principal(
            credential: .token(TokenKeyID("test")), role: .admin, tenant: tenant.id,
            tenantName: tenant.name, databases: nil)
        let scope = try await authoriser.databaseScope(
            for: someone, .get, tenant: tenant.name, database: DatabaseName(name))
        guard let scope else { throw ServiceError(.internalError, "the database has no scope") }
        return scope
    }
}

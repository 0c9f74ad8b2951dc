import ChromaModel

/// Proof that a request may work inside one tenant.
///
/// **Invariant:** only this module makes one (the initialiser is internal), and every door to a
/// tenant's data asks for one. The names are the ones the request was authorised for.
package struct TenantScope: Sendable, Hashable {
    package let tenant: TenantID
    package let tenantName: TenantName

    init(tenant: TenantID, tenantName: TenantName) {
        self.tenant = tenant
        self.tenantName = tenantName
    }
}

/// Proof that a request may work inside one database of one tenant.
package struct DatabaseScope: Sendable, Hashable {
    package let tenantScope: TenantScope
    package let database: DatabaseID
    package let databaseName: DatabaseName

    init(tenantScope: TenantScope, database: DatabaseID, databaseName: DatabaseName) {
        self.tenantScope = tenantScope
        self.database = database
        self.databaseName = databaseName
    }

    package var tenant: TenantID { tenantScope.tenant }
    package var tenantName: TenantName { tenantScope.tenantName }
}

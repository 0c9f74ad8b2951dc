import ChromaModel
import Usage

/// Proof that a request may work inside one tenant.
///
/// **Invariant:** only this module makes one (the initialiser is internal), and every door to a
/// tenant's data asks for one. The names are the ones the request was authorised for.
package struct TenantScope: Sendable, Hashable {
    package let tenant: TenantID
    package let tenantName: TenantName
    /// How much the request may ask for and leave behind.
    package let quotas: EffectiveQuotas
    /// Who is charged for what is done with it.
    package let payer: UsageCredential

    init(
        tenant: TenantID, tenantName: TenantName, quotas: EffectiveQuotas, payer: UsageCredential
    ) {
        self.tenant = tenant
        self.tenantName = tenantName
        self.quotas = quotas
        self.payer = payer
    }
}

/// Proof that a request may work inside one database of one tenant.
package struct DatabaseScope: Sendable, Hashable {
    package let tenantScope: TenantScope
    package let database: DatabaseID
    package let databaseName: DatabaseName
    /// As the tenant's, with what the database has instead.
    package let quotas: EffectiveQuotas
    /// The collections that exist for the request; nil means all.
    package let collections: CollectionPattern?

    init(
        tenantScope: TenantScope, database: DatabaseID, databaseName: DatabaseName,
        quotas: EffectiveQuotas, collections: CollectionPattern?
    ) {
        self.tenantScope = tenantScope
        self.database = database
        self.databaseName = databaseName
        self.quotas = quotas
        self.collections = collections
    }

    /// Whether a collection of that name exists for the request, if there is one.
    package func shows(_ name: CollectionName) -> Bool { collections?.matches(name) ?? true }

    /// Throws `permissionDenied` when the request may not give a collection that name.
    package func checkNaming(_ name: CollectionName) throws(ServiceError) {
        guard shows(name) else { throw Authoriser.denied }
    }

    package var tenant: TenantID { tenantScope.tenant }
    package var tenantName: TenantName { tenantScope.tenantName }
    package var payer: UsageCredential { tenantScope.payer }
}

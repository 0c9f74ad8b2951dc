import ChromaModel

/// Takes over the scopes that another process of the installation sends with its calls.
///
/// Beside `Authoriser` the only maker of scopes. It trusts the sender, whose own authoriser made
/// the scope; so an engine makes a receiver for each call, and only of the role that the
/// certificate of the connection's other end states.
package struct ScopeReceiver: Sendable {
    /// - Parameter role: of the sender, whose certificate has been verified.
    /// - Throws: `permissionDenied` when nodes of that role authorise no requests.
    package init(from role: NodeRole) throws(ServiceError) {
        guard role == .frontend || role == .control else {
            throw ServiceError(
                .permissionDenied, "Only a frontend or a control plane may send scopes.")
        }
    }

    package func tenantScope(_ tenant: TenantID, _ name: TenantName, _ quotas: EffectiveQuotas)
        -> TenantScope
    {
        TenantScope(tenant: tenant, tenantName: name, quotas: quotas)
    }

    /// - Parameter collections: what the scope shows; nil for all.
    package func databaseScope(
        in tenant: TenantScope, _ database: DatabaseID, _ name: DatabaseName,
        _ quotas: EffectiveQuotas, collections: CollectionPattern?
    ) -> DatabaseScope {
        DatabaseScope(
            tenantScope: tenant, database: database, databaseName: name, quotas: quotas,
            collections: collections)
    }
}

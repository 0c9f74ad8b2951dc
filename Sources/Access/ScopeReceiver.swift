import ChromaModel
import Usage

/// Takes over the scopes that another process of the installation sends with its calls.
///
/// Beside `Authoriser` the only maker of scopes. It trusts the sender, whose own authoriser made
/// the scope; so an engine makes a receiver for each call, and only of the roles that the
/// certificate of the connection's other end states.
package struct ScopeReceiver: Sendable {
    /// The roles whose nodes authorise requests, and so may send scopes.
    package static let senders: Set<NodeRole> = [.control, .frontend]

    /// - Parameter roles: of the sender, whose certificate has been verified.
    /// - Throws: `permissionDenied` when nodes of those roles authorise no requests.
    package init(from roles: Set<NodeRole>) throws(ServiceError) {
        guard !roles.isDisjoint(with: Self.senders) else {
            throw ServiceError(
                .permissionDenied, "Only a frontend or a control plane may send scopes.")
        }
    }

    package func tenantScope(
        _ tenant: TenantID, _ name: TenantName, _ quotas: EffectiveQuotas,
        payer: UsageCredential
    ) -> TenantScope {
        TenantScope(tenant: tenant, tenantName: name, quotas: quotas, payer: payer)
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

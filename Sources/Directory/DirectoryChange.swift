import Access
import ChromaModel

/// A change that caches of the directory must follow.
package enum DirectoryChange: Sendable, Equatable {
    case tenantCreated(TenantID, TenantName)
    case tenantChanged(TenantID, TenantName)
    case tenantDeleted(TenantID, TenantName)
    case databaseCreated(TenantID, DatabaseName)
    case databaseDeleted(TenantID, DatabaseName)
    case tokenChanged(TokenKeyID)
    /// It, its roles or its denials.
    case issuerChanged(IssuerURL)
    /// The tenant's plan or overrides.
    case quotaChanged(TenantID, TenantName)
    /// There is a new price book, which no cache holds.
    case pricesChanged
    /// Anything may have changed.
    case reset
}

/// A change with its place in the order of the commits.
package struct NumberedChange: Sendable, Equatable {
    package let epoch: Int64
    package let change: DirectoryChange

    package init(epoch: Int64, change: DirectoryChange) {
        self.epoch = epoch
        self.change = change
    }
}

extension DirectoryChange {
    /// As it stands in the epoch log and on the wire: its kind, whose it is, what it is about.
    package var columns: (kind: String, tenant: TenantID?, key: String) {
        switch self {
        case .tenantCreated(let id, let name): ("tenant_created", id, name.value)
        case .tenantChanged(let id, let name): ("tenant_changed", id, name.value)
        case .tenantDeleted(let id, let name): ("tenant_deleted", id, name.value)
        case .databaseCreated(let tenant, let name): ("database_created", tenant, name.value)
        case .databaseDeleted(let tenant, let name): ("database_deleted", tenant, name.value)
        case .tokenChanged(let keyID): ("token_changed", nil, keyID.value)
        case .issuerChanged(let url): ("issuer_changed", nil, url.value)
        case .quotaChanged(let id, let name): ("quota_changed", id, name.value)
        case .pricesChanged: ("prices_changed", nil, "")
        case .reset: ("reset", nil, "")
        }
    }

    /// A kind that only a newer release knows reads as `reset`: when in doubt, forget it all.
    package init(kind: String, tenant: UniqueID?, key: String) {
        let tenant = tenant.map { TenantID($0) }
        self =
            switch (kind, tenant) {
            case ("tenant_created", let id?): .tenantCreated(id, TenantName(key))
            case ("tenant_changed", let id?): .tenantChanged(id, TenantName(key))
            case ("tenant_deleted", let id?): .tenantDeleted(id, TenantName(key))
            case ("database_created", let id?): .databaseCreated(id, DatabaseName(key))
            case ("database_deleted", let id?): .databaseDeleted(id, DatabaseName(key))
            case ("token_changed", _): .tokenChanged(TokenKeyID(key))
            case ("issuer_changed", _): .issuerChanged(IssuerURL(key))
            case ("quota_changed", let id?): .quotaChanged(id, TenantName(key))
            case ("prices_changed", _): .pricesChanged
            default: .reset
            }
    }
}

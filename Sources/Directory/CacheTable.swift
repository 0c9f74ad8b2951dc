import Access
import ChromaModel

/// One of the directory cache's tables.
///
/// Functions rather than a key path: several look-ups are made for each request, and these are
/// compiled for the table's types.
package struct CacheTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    typealias State = DirectoryCache.State

    let find: @Sendable (inout State, Key) -> Value??
    let insert: @Sendable (inout State, Key, Value?) -> Void
}

extension CacheTable where Key == TokenKeyID, Value == TokenRecord {
    package static var tokens: Self {
        Self(find: { $0.tokens.find($1) }, insert: { $0.tokens.insert($2, for: $1) })
    }
}

extension CacheTable where Key == IssuerURL, Value == IssuerRecord {
    package static var issuers: Self {
        Self(find: { $0.issuers.find($1) }, insert: { $0.issuers.insert($2, for: $1) })
    }
}

extension CacheTable where Key == TenantName, Value == TenantRecord {
    package static var tenants: Self {
        Self(find: { $0.tenants.find($1) }, insert: { $0.tenants.insert($2, for: $1) })
    }
}

extension CacheTable where Key == DirectoryCache.DatabaseKey, Value == DatabaseRecord {
    package static var databases: Self {
        Self(find: { $0.databases.find($1) }, insert: { $0.databases.insert($2, for: $1) })
    }
}

extension CacheTable where Key == TenantID, Value == [QuotaOverride] {
    package static var overrides: Self {
        Self(find: { $0.overrides.find($1) }, insert: { $0.overrides.insert($2, for: $1) })
    }
}

extension CacheTable where Key == TenantID, Value == [DatabaseRecord] {
    package static var listings: Self {
        Self(find: { $0.listings.find($1) }, insert: { $0.listings.insert($2, for: $1) })
    }
}

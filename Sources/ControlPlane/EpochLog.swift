import Access
import ChromaModel
import Postgres

/// A change that caches of the directory must follow.
enum DirectoryChange: Sendable, Equatable {
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
    /// Anything may have changed.
    case reset
}

/// Table `cp.epoch_log`: every change to the directory, numbered in commit order.
enum EpochLog {
    /// The channel on which the database hints that there is something to read.
    static let channel = "tessera_epoch"
    /// Entries read at a time.
    static let batchSize = 1000

    /// Appends a change. It takes a lock until commit, so it comes last in its transaction.
    static func append(_ change: DirectoryChange, in session: some PostgresSession) async throws {
        let (kind, tenant, key) = change.columns
        try await session.query("SELECT cp.log_epoch(\(kind), \(tenant?.uuid), \(key))")
    }

    /// The number of the newest change; 0 when there is none.
    static func newest(in session: some PostgresSession) async throws -> Int64 {
        let rows = try await session.query(
            "SELECT coalesce(max(epoch), 0) AS epoch FROM cp.epoch_log")
        return try rows.first?.int64("epoch") ?? 0
    }

    /// The changes after an epoch, in order.
    static func changes(after epoch: Int64, in session: some PostgresSession) async throws
        -> [(epoch: Int64, change: DirectoryChange)]
    {
        try await session.query(
            """
            SELECT epoch, kind, tenant_id, key FROM cp.epoch_log
            WHERE epoch > \(.integer(epoch)) ORDER BY epoch LIMIT \(batchSize)
            """
        ).map { row in
            let change = DirectoryChange(
                kind: try row.text("kind"), tenant: try row.optionalUUID("tenant_id"),
                key: try row.text("key"))
            return (try row.int64("epoch"), change)
        }
    }
}

extension DirectoryChange {
    fileprivate var columns: (kind: String, tenant: TenantID?, key: String) {
        switch self {
        case .tenantCreated(let id, let name): ("tenant_created", id, name.value)
        case .tenantChanged(let id, let name): ("tenant_changed", id, name.value)
        case .tenantDeleted(let id, let name): ("tenant_deleted", id, name.value)
        case .databaseCreated(let tenant, let name): ("database_created", tenant, name.value)
        case .databaseDeleted(let tenant, let name): ("database_deleted", tenant, name.value)
        case .tokenChanged(let keyID): ("token_changed", nil, keyID.value)
        case .issuerChanged(let url): ("issuer_changed", nil, url.value)
        case .quotaChanged(let id, let name): ("quota_changed", id, name.value)
        case .reset: ("reset", nil, "")
        }
    }

    /// A kind that only a newer release knows reads as `reset`: when in doubt, forget it all.
    fileprivate init(kind: String, tenant: UniqueID?, key: String) {
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
            default: .reset
            }
    }
}

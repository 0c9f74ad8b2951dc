import Access
import ChromaModel
import Postgres

/// Tables `acl.token`, `acl.token_database` and `acl.principal`. No secret comes here.
enum TokenStore {
    /// The databases of a restricted token are its live ones, found by id: one made again
    /// under an old name is not among them.
    private static let selection: SQL = """
        SELECT k.kid, k.tenant_id, t.name AS tenant_name, k.role, k.display_name, k.mac,
            k.pepper_version, k.create_time, k.expire_time, k.revoke_time, k.actions,
            k.collections, k.ip_allow::text[] AS ip_allow, k.creator, k.replaced_by,
            k.grace_until,
            CASE WHEN NOT k.all_databases THEN ARRAY(
                SELECT d.name FROM acl.token_database r
                JOIN cp.database d ON d.tenant_id = r.tenant_id AND d.id = r.database_id
                WHERE r.tenant_id = k.tenant_id AND r.kid = k.kid AND d.delete_time IS NULL
                ORDER BY d.id) END AS databases
        FROM acl.token k LEFT JOIN cp.tenant t ON t.id = k.tenant_id
        """

    /// Inserts a token with a principal of its own, and the databases it is restricted to.
    static func insert(
        _ token: TokenRecord, principal: UniqueID, databases: [DatabaseID]?, isBootstrap: Bool,
        in session: some PostgresSession
    ) async throws {
        let kind = token.tenant == nil ? "operator" : "tenant"
        let created = PostgresValue.timestamp(token.createdAtMilliseconds)
        try await session.query(
            """
            INSERT INTO acl.principal (id, kind, tenant_id, create_time)
            VALUES (\(principal), \(kind), \(token.tenant?.uuid), \(created))
            """)
        try await session.query(
            """
            INSERT INTO acl.token (kid, kind, tenant_id, principal_id, role, mac, pepper_version,
                display_name, all_databases, bootstrap, actions, collections, ip_allow, creator,
                create_time, expire_time)
            VALUES (\(token.keyID), \(kind), \(token.tenant?.uuid), \(principal),
                \(token.role.rawValue), \(token.mac), \(token.pepperVersion)::integer,
                \(token.displayName), \(databases == nil), \(isBootstrap),
                \(.texts(orNull: token.restrictions.actionNames)),
                \(token.restrictions.collections?.value),
                \(token.restrictions.addresses.map(\.description))::text[]::cidr[],
                \(token.creator), \(created),
                \(.timestamp(token.expiresAtMilliseconds)))
            """)
        for database in databases ?? [] {
            try await session.query(
                """
                INSERT INTO acl.token_database (tenant_id, kid, database_id)
                VALUES (\(token.tenant?.uuid), \(token.keyID), \(database))
                """)
        }
    }

    static func find(_ keyID: TokenKeyID, in session: some PostgresSession) async throws
        -> TokenRecord?
    {
        try await session.query("\(selection) WHERE k.kid = \(keyID)").first.map(record)
    }

    /// By key id.
    static func list(
        of tenant: TenantID?, after: TokenKeyID?, limit: Int, in session: some PostgresSession
    ) async throws -> [TokenRecord] {
        try await session.query(
            """
            \(selection) WHERE k.tenant_id IS NOT DISTINCT FROM \(tenant?.uuid)
            AND k.kid > \(after?.value ?? "") ORDER BY k.kid LIMIT \(limit)
            """
        ).map(record)
    }

    /// Revokes a token for good; a second time changes nothing. Whether the owner has it.
    static func revoke(
        _ keyID: TokenKeyID, of tenant: TenantID?, atMilliseconds now: UInt64,
        in session: some PostgresSession
    ) async throws -> Bool {
        try await !session.query(
            """
            UPDATE acl.token SET revoke_time =
                coalesce(revoke_time, greatest(create_time, \(.timestamp(now))))
            WHERE kid = \(keyID) AND tenant_id IS NOT DISTINCT FROM \(tenant?.uuid)
            RETURNING kid
            """
        ).isEmpty
    }

    /// Removes a token and its principal. Whether the owner had it.
    static func delete(
        _ keyID: TokenKeyID, of tenant: TenantID?, in session: some PostgresSession
    ) async throws -> Bool {
        let rows = try await session.query(
            """
            DELETE FROM acl.token
            WHERE kid = \(keyID) AND tenant_id IS NOT DISTINCT FROM \(tenant?.uuid)
            RETURNING principal_id
            """)
        for row in rows {
            // A rotated token shares its principal with the one that replaced it.
            let principal = try row.uuid("principal_id")
            try await session.query(
                """
                DELETE FROM acl.principal p WHERE id = \(principal)
                AND NOT EXISTS (SELECT FROM acl.token k WHERE k.principal_id = p.id)
                """)
        }
        return !rows.isEmpty
    }

    private static func record(_ row: Row) throws -> TokenRecord {
        guard let role = Role(rawValue: try row.text("role")) else {
            throw RowError(column: "role", problem: "is not a role of this release")
        }
        return TokenRecord(
            keyID: TokenKeyID(try row.text("kid")),
            tenant: try row.optionalUUID("tenant_id").map { TenantID($0) },
            tenantName: try row.optionalText("tenant_name").map { TenantName($0) },
            role: role,
            databases: try row.optionalTexts("databases")?.map { DatabaseName($0) },
            displayName: try row.text("display_name"),
            createdAtMilliseconds: try row.milliseconds("create_time"),
            expiresAtMilliseconds: try row.optionalMilliseconds("expire_time"),
            revokedAtMilliseconds: try row.optionalMilliseconds("revoke_time"),
            restrictions: try TokenRestrictions(row), succession: try TokenSuccession(row),
            creator: try row.optionalText("creator"),
            mac: try row.bytes("mac"), pepperVersion: Int(try row.int64("pepper_version")))
    }
}

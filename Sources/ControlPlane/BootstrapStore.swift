import Access
import ChromaModel
import Postgres

/// The rows that bootstrap made, and the removal of all others.
enum BootstrapStore {
    /// Keeps everyone else from changing, or relying on, any row until the transaction ends.
    static func lockEverything(in session: some PostgresSession) async throws {
        try await session.query(
            """
            LOCK TABLE cp.tenant, cp.database, acl.principal, acl.token, quota.override
            IN EXCLUSIVE MODE
            """)
    }

    /// Revokes the bootstrap tokens there are, which makes them ordinary ones.
    static func retireTokens(atMilliseconds now: UInt64, in session: some PostgresSession)
        async throws
    {
        try await session.query(
            """
            UPDATE acl.token SET bootstrap = false, revoke_time =
                coalesce(revoke_time, greatest(create_time, \(.timestamp(now))))
            WHERE bootstrap
            """)
    }

    /// The tenant of the bootstrap token, deleted or not; nil unless both tokens exist.
    static func tenant(in session: some PostgresSession) async throws -> TenantRecord? {
        try await session.query(
            """
            SELECT t.id, t.name, t.create_time FROM acl.token k JOIN cp.tenant t
                ON t.id = k.tenant_id
            WHERE k.bootstrap AND EXISTS
                (SELECT FROM acl.token WHERE bootstrap AND kind = 'operator')
            """
        ).first.map { row in
            TenantRecord(
                id: TenantID(try row.uuid("id")), name: TenantName(try row.text("name")),
                createdAtMilliseconds: try row.milliseconds("create_time"))
        }
    }

    /// Removes all rows but the bootstrap ones, children first, and revives those.
    static func removeEverything(but tenant: TenantRecord, in session: some PostgresSession)
        async throws
    {
        let statements: [SQL] = [
            "DELETE FROM acl.token WHERE NOT bootstrap",
            """
            DELETE FROM acl.principal p
            WHERE NOT EXISTS (SELECT FROM acl.token k WHERE k.principal_id = p.id)
            """,
            "DELETE FROM quota.override",
            """
            DELETE FROM cp.database WHERE tenant_id <> \(tenant.id) OR delete_time IS NOT NULL
            OR name <> \(BootstrapCredentials.databaseName)
            """,
            "DELETE FROM cp.tenant WHERE id <> \(tenant.id)",
            "DELETE FROM cp.idempotency",
            """
            UPDATE cp.tenant SET delete_time = NULL, purge_time = NULL, purge_claim_time = NULL,
                suspend_time = NULL, suspend_reason = NULL, resource_name = NULL,
                display_name = '', labels = '{}', plan = \(Plan.selfHosted.rawValue)
            WHERE delete_time IS NOT NULL OR suspend_time IS NOT NULL OR resource_name IS NOT NULL
                OR display_name <> '' OR labels <> '{}' OR plan <> \(Plan.selfHosted.rawValue)
            """,
            """
            UPDATE acl.token SET revoke_time = NULL, revoked_with_tenant = false,
                replaced_by = NULL, grace_until = NULL
            WHERE revoke_time IS NOT NULL OR grace_until IS NOT NULL
            """,
        ]
        for statement in statements { try await session.query(statement) }
    }
}

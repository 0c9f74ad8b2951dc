import ChromaModel
import Postgres

/// Table `quota.override`, always with its tenant.
enum QuotaStore {
    /// Everything a tenant and its live databases have instead of the plan's limits, expired
    /// overrides among them; by usage type, the tenant's own before its databases'.
    ///
    /// A usage type that only a newer release knows is left out: nothing here has such a limit.
    static func overrides(of tenant: TenantID, in session: some PostgresSession) async throws
        -> [QuotaOverride]
    {
        try await session.query(
            """
            SELECT o.usage_type, o.hard_limit, o.database_id, d.name AS database_name,
                o.reason, o.approved_by, o.create_time, o.expire_time
            FROM quota.override o LEFT JOIN cp.database d
                ON d.tenant_id = o.tenant_id AND d.id = o.database_id
            WHERE o.tenant_id = \(tenant) AND d.delete_time IS NULL
            ORDER BY o.usage_type, o.database_id NULLS FIRST
            """
        ).compactMap(record)
    }

    /// Puts an override in the place of the one there was.
    static func put(
        _ override: QuotaOverride, of tenant: TenantID, in session: some PostgresSession
    ) async throws {
        try await session.query(
            """
            INSERT INTO quota.override (tenant_id, database_id, usage_type, hard_limit, reason,
                approved_by, create_time, expire_time)
            VALUES (\(tenant), \(override.database?.uuid), \(override.usage.rawValue),
                \(override.limit), \(override.reason), \(override.approvedBy),
                \(.timestamp(override.createdAtMilliseconds)),
                \(.timestamp(override.expiresAtMilliseconds)))
            ON CONFLICT (tenant_id, database_id, usage_type) DO UPDATE SET
                hard_limit = excluded.hard_limit, reason = excluded.reason,
                approved_by = excluded.approved_by, create_time = excluded.create_time,
                expire_time = excluded.expire_time
            """)
    }

    /// Whether there was one.
    static func delete(
        _ usage: UsageType, of tenant: TenantID, database: DatabaseID?,
        in session: some PostgresSession
    ) async throws -> Bool {
        try await !session.query(
            """
            DELETE FROM quota.override
            WHERE tenant_id = \(tenant) AND usage_type = \(usage.rawValue)
            AND database_id IS NOT DISTINCT FROM \(database?.uuid) RETURNING usage_type
            """
        ).isEmpty
    }

    private static func record(_ row: Row) throws -> QuotaOverride? {
        guard let usage = UsageType(rawValue: try row.text("usage_type")) else { return nil }
        return QuotaOverride(
            usage: usage, limit: Int(try row.int64("hard_limit")),
            database: try row.optionalUUID("database_id").map { DatabaseID($0) },
            databaseName: try row.optionalText("database_name").map { DatabaseName($0) },
            expiresAtMilliseconds: try row.optionalMilliseconds("expire_time"),
            reason: try row.text("reason"), approvedBy: try row.text("approved_by"),
            createdAtMilliseconds: try row.milliseconds("create_time"))
    }
}

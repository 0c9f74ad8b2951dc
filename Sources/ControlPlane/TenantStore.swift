import Access
import ChromaModel
import FoundationEssentials
import Postgres

/// Table `cp.tenant`.
enum TenantStore {
    private static let columns: SQL = """
        id, name, resource_name, plan, create_time, display_name, labels::text AS labels,
        suspend_time, suspend_reason, stop_time, stop_reason, delete_time, purge_time, rev
        """

    /// Throws a unique violation when a live tenant has the name.
    static func insert(_ tenant: TenantRecord, in session: some PostgresSession) async throws {
        try await session.query(
            """
            INSERT INTO cp.tenant (id, name, plan, create_time, display_name, labels) VALUES
            (\(tenant.id), \(tenant.name), \(tenant.plan.rawValue),
             \(.timestamp(tenant.createdAtMilliseconds)), \(tenant.profile.displayName),
             \(try json(tenant.profile.labels))::jsonb)
            """)
    }

    static func find(_ name: TenantName, in session: some PostgresSession) async throws
        -> TenantRecord?
    {
        try await session.query(
            """
            SELECT \(columns) FROM cp.tenant WHERE name = \(name) AND delete_time IS NULL
            """
        ).first.map(record)
    }

    /// Whether there is a row of it, live or deleted.
    static func exists(_ id: TenantID, in session: some PostgresSession) async throws -> Bool {
        try await !session.query("SELECT id FROM cp.tenant WHERE id = \(id)").isEmpty
    }

    /// In order of creation.
    static func list(
        _ selection: TenantSelection, after: UniqueID?, limit: Int,
        in session: some PostgresSession
    ) async throws -> [TenantRecord] {
        try await session.query(
            """
            SELECT \(columns) FROM cp.tenant
            WHERE (delete_time IS NULL OR \(selection.showsDeleted))
            AND labels @> \(try json(selection.labels))::jsonb
            AND id > \(after ?? UniqueID(high: 0, low: 0))
            ORDER BY id LIMIT \(limit)
            """
        ).map(record)
    }

    /// The live tenant, held as it is until the transaction ends.
    static func lock(_ id: TenantID, in session: some PostgresSession) async throws
        -> TenantRecord?
    {
        try await session.query(
            """
            SELECT \(columns) FROM cp.tenant WHERE id = \(id) AND delete_time IS NULL
            FOR NO KEY UPDATE
            """
        ).first.map(record)
    }

    /// Stores a live tenant's profile and suspension; returns the tenant as it is then.
    static func update(_ tenant: TenantRecord, in session: some PostgresSession) async throws
        -> TenantRecord?
    {
        try await session.query(
            """
            UPDATE cp.tenant SET display_name = \(tenant.profile.displayName),
                labels = \(try json(tenant.profile.labels))::jsonb,
                suspend_time = \(.timestamp(tenant.suspension?.atMilliseconds)),
                suspend_reason = \(tenant.suspension?.reason)
            WHERE id = \(tenant.id) AND delete_time IS NULL RETURNING \(columns)
            """
        ).first.map(record)
    }

    /// The tenant as it is deleted; nil when it was not there to delete.
    static func softDelete(
        _ id: TenantID, atMilliseconds now: UInt64, purgeAtMilliseconds purge: UInt64,
        in session: some PostgresSession
    ) async throws -> TenantRecord? {
        try await session.query(
            """
            UPDATE cp.tenant SET delete_time = greatest(create_time, \(.timestamp(now))),
                purge_time = \(.timestamp(purge))
            WHERE id = \(id) AND delete_time IS NULL RETURNING \(columns)
            """
        ).first.map(record)
    }

    /// Sets the resource name of a tenant that has none; whether it did. Throws a unique
    /// violation when another live tenant has it.
    static func setResourceName(
        _ name: TenantResourceName, of id: TenantID, in session: some PostgresSession
    ) async throws -> Bool {
        try await !session.query(
            """
            UPDATE cp.tenant SET resource_name = \(name.value)
            WHERE id = \(id) AND delete_time IS NULL AND resource_name IS NULL RETURNING id
            """
        ).isEmpty
    }

    /// Puts a tenant on a plan; nil when it is not alive.
    static func setPlan(_ plan: Plan, of id: TenantID, in session: some PostgresSession)
        async throws -> TenantRecord?
    {
        try await session.query(
            """
            UPDATE cp.tenant SET plan = \(plan.rawValue)
            WHERE id = \(id) AND delete_time IS NULL RETURNING \(columns)
            """
        ).first.map(record)
    }

    /// Lets nobody else count or add to what the tenant has until the transaction ends. Nil when
    /// it is not alive.
    static func lockStocks(of id: TenantID, in session: some PostgresSession) async throws
        -> TenantRecord?
    {
        try await session.query(
            """
            SELECT \(columns) FROM cp.tenant WHERE id = \(id) AND delete_time IS NULL
            FOR NO KEY UPDATE
            """
        ).first.map(record)
    }

    /// Holds the tenant alive until the transaction ends. False when it is not alive now.
    static func lockLive(_ id: TenantID, in session: some PostgresSession) async throws -> Bool {
        try await !session.query(
            """
            SELECT id FROM cp.tenant WHERE id = \(id) AND delete_time IS NULL FOR SHARE
            """
        ).isEmpty
    }
}

// MARK: The deleted ones

extension TenantStore {
    /// Every deleted tenant of the name that is not being purged, held until the transaction ends.
    static func lockDeleted(
        _ tenant: DeletedTenant, in session: some PostgresSession
    ) async throws -> [TenantRecord] {
        try await session.query(
            """
            SELECT \(columns) FROM cp.tenant
            WHERE name = \(tenant.name) AND delete_time IS NOT NULL
            AND id = coalesce(\(tenant.id?.uuid)::uuid, id) ORDER BY id FOR UPDATE
            """
        ).map(record)
    }

    /// The tenant as it is alive again; nil when its purge has begun. Throws a unique violation
    /// when another live tenant has its name or its resource name.
    static func undelete(_ id: TenantID, in session: some PostgresSession) async throws
        -> TenantRecord?
    {
        try await session.query(
            """
            UPDATE cp.tenant SET delete_time = NULL, purge_time = NULL
            WHERE id = \(id) AND purge_claim_time IS NULL RETURNING \(columns)
            """
        ).first.map(record)
    }

    private static func record(_ row: Row) throws -> TenantRecord {
        guard let plan = Plan(rawValue: try row.text("plan")) else {
            throw RowError(column: "plan", problem: "is not a plan of this release")
        }
        return TenantRecord(
            id: TenantID(try row.uuid("id")), name: TenantName(try row.text("name")),
            resourceName: try row.optionalText("resource_name").map { TenantResourceName($0) },
            plan: plan, createdAtMilliseconds: try row.milliseconds("create_time"),
            profile: TenantProfile(
                displayName: try row.text("display_name"),
                labels: try JSONDecoder().decode(
                    [String: String].self, from: Data(try row.text("labels").utf8))),
            suspension: try suspension(row), stop: try stop(row), deletion: try deletion(row),
            revision: try row.int64("rev"))
    }

    private static func suspension(_ row: Row) throws -> TenantSuspension? {
        guard let time = try row.optionalMilliseconds("suspend_time") else { return nil }
        return TenantSuspension(atMilliseconds: time, reason: try row.text("suspend_reason"))
    }

    /// nil: it has none, or is gone.
    static func stop(of id: TenantID, in session: some PostgresSession) async throws
        -> TenantStop?
    {
        try await session.query("SELECT stop_time, stop_reason FROM cp.tenant WHERE id = \(id)")
            .first.flatMap(stop)
    }

    private static func stop(_ row: Row) throws -> TenantStop? {
        guard let time = try row.optionalMilliseconds("stop_time") else { return nil }
        return TenantStop(untilMilliseconds: time, reason: try row.text("stop_reason"))
    }

    /// A release before this one deleted without a time to purge at: such a tenant stays.
    private static func deletion(_ row: Row) throws -> TenantDeletion? {
        guard let time = try row.optionalMilliseconds("delete_time") else { return nil }
        return TenantDeletion(
            atMilliseconds: time,
            purgeAtMilliseconds: try row.optionalMilliseconds("purge_time"))
    }

    private static func json(_ labels: [String: String]) throws -> String {
        String(decoding: try JSONEncoder().encode(labels), as: UTF8.self)
    }
}

import Access
import ChromaModel
import Postgres

/// Table `cp.tenant`.
enum TenantStore {
    private static let columns: SQL = "id, name, resource_name, plan, create_time"

    /// Throws a unique violation when a live tenant has the name.
    static func insert(_ tenant: TenantRecord, in session: some PostgresSession) async throws {
        try await session.query(
            """
            INSERT INTO cp.tenant (id, name, plan, create_time) VALUES
            (\(tenant.id), \(tenant.name), \(tenant.plan.rawValue),
             \(.timestamp(tenant.createdAtMilliseconds)))
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
    static func list(after: UniqueID?, limit: Int, in session: some PostgresSession) async throws
        -> [TenantRecord]
    {
        try await session.query(
            """
            SELECT \(columns) FROM cp.tenant
            WHERE delete_time IS NULL AND id > \(after ?? UniqueID(high: 0, low: 0))
            ORDER BY id LIMIT \(limit)
            """
        ).map(record)
    }

    /// Whether it was there to delete.
    static func softDelete(
        _ id: TenantID, atMilliseconds now: UInt64, in session: some PostgresSession
    ) async throws -> Bool {
        try await !session.query(
            """
            UPDATE cp.tenant SET delete_time = greatest(create_time, \(.timestamp(now)))
            WHERE id = \(id) AND delete_time IS NULL RETURNING id
            """
        ).isEmpty
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

    private static func record(_ row: Row) throws -> TenantRecord {
        guard let plan = Plan(rawValue: try row.text("plan")) else {
            throw RowError(column: "plan", problem: "is not a plan of this release")
        }
        return TenantRecord(
            id: TenantID(try row.uuid("id")), name: TenantName(try row.text("name")),
            resourceName: try row.optionalText("resource_name").map { TenantResourceName($0) },
            plan: plan, createdAtMilliseconds: try row.milliseconds("create_time"))
    }
}

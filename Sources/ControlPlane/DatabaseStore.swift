import Access
import ChromaModel
import Postgres

/// Table `cp.database`, always with its tenant.
enum DatabaseStore {
    private static let selection: SQL = """
        SELECT d.tenant_id, t.name AS tenant_name, d.id, d.name, d.create_time, d.rev
        FROM cp.database d JOIN cp.tenant t ON t.id = d.tenant_id
        WHERE d.delete_time IS NULL AND t.delete_time IS NULL
        """

    /// Throws a unique violation when the tenant has a live database of the name.
    static func insert(_ database: DatabaseRecord, in session: some PostgresSession) async throws {
        try await session.query(
            """
            INSERT INTO cp.database (tenant_id, id, name, create_time) VALUES
            (\(database.tenant), \(database.id), \(database.name),
             \(.timestamp(database.createdAtMilliseconds)))
            """)
    }

    static func find(
        _ name: DatabaseName, of tenant: TenantID, in session: some PostgresSession
    ) async throws -> DatabaseRecord? {
        try await session.query(
            "\(selection) AND d.tenant_id = \(tenant) AND d.name = \(name)"
        ).first.map(record)
    }

    /// In order of creation. A nil limit means all.
    static func list(
        of tenant: TenantID, after: UniqueID? = nil, offset: Int = 0, limit: Int?,
        in session: some PostgresSession
    ) async throws -> [DatabaseRecord] {
        try await session.query(
            """
            \(selection) AND d.tenant_id = \(tenant)
            AND d.id > \(after ?? UniqueID(high: 0, low: 0))
            ORDER BY d.id OFFSET \(offset)
            LIMIT \(limit.map { .integer(Int64($0)) } ?? PostgresValue.null)
            """
        ).map(record)
    }

    /// The live databases of a tenant.
    static func count(of tenant: TenantID, in session: some PostgresSession) async throws -> Int {
        let rows = try await session.query(
            """
            SELECT count(*) AS count FROM cp.database
            WHERE tenant_id = \(tenant) AND delete_time IS NULL
            """)
        return Int(try rows.first?.int64("count") ?? 0)
    }

    /// The revision at which it was deleted; nil when it was not there to delete.
    static func softDelete(
        _ id: DatabaseID, of tenant: TenantID, atMilliseconds now: UInt64,
        in session: some PostgresSession
    ) async throws -> Int64? {
        try await session.query(
            """
            UPDATE cp.database SET delete_time = greatest(create_time, \(.timestamp(now)))
            WHERE tenant_id = \(tenant) AND id = \(id) AND delete_time IS NULL
            RETURNING rev - 1 AS last
            """
        ).first?.int64("last")
    }

    private static func record(_ row: Row) throws -> DatabaseRecord {
        DatabaseRecord(
            tenant: TenantID(try row.uuid("tenant_id")),
            tenantName: TenantName(try row.text("tenant_name")),
            id: DatabaseID(try row.uuid("id")), name: DatabaseName(try row.text("name")),
            createdAtMilliseconds: try row.milliseconds("create_time"),
            revision: try row.int64("rev"))
    }
}

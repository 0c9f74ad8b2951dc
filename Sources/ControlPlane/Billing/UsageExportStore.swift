import ChromaModel
import Postgres

/// Tables `usage.export` and `usage.export_part`.
enum UsageExportStore {
    /// How many runs an export gets: what ends each of them will end the next too.
    static let attemptsMax = 5

    /// Whoever counts a tenant's exports, to make one more, does so alone.
    static func lock(_ tenant: TenantID?, in session: some PostgresSession) async throws {
        let name = "usage.export/\(tenant.map { "\($0)" } ?? "")"
        try await session.query("SELECT pg_advisory_xact_lock(hashtextextended(\(name), 0))")
    }

    static func count(
        of tenant: TenantID?, atMilliseconds now: UInt64, in session: some PostgresSession
    ) async throws -> Int {
        let row = try await session.query(
            """
            SELECT count(*) AS number FROM usage.export
            WHERE \(isOf(tenant)) AND expire_time > \(.timestamp(now))
            """
        ).first
        return Int(try row?.int64("number") ?? 0)
    }

    static func insert(
        _ draft: UsageExportDraft, id: UniqueID, atMilliseconds now: UInt64,
        expiringAt end: UInt64, in session: some PostgresSession
    ) async throws -> UsageExport? {
        try await session.query(
            """
            INSERT INTO usage.export (id, tenant_id, request, format, content_type, state,
                lease_time, create_time, expire_time)
            VALUES (\(id), \(draft.tenant?.uuid), \(draft.request), \(draft.format),
                \(draft.contentType), 'waiting', \(.timestamp(now)), \(.timestamp(now)),
                \(.timestamp(end)))
            RETURNING *
            """
        ).first.map { try UsageExport(row: $0) }
    }

    static func find(
        _ id: UniqueID, of tenant: TenantID?, atMilliseconds now: UInt64,
        in session: some PostgresSession
    ) async throws -> UsageExport? {
        try await session.query(
            """
            SELECT * FROM usage.export
            WHERE id = \(id) AND \(isOf(tenant)) AND expire_time > \(.timestamp(now))
            """
        ).first.map { try UsageExport(row: $0) }
    }

    /// False when there is none.
    static func delete(_ id: UniqueID, of tenant: TenantID?, in session: some PostgresSession)
        async throws -> Bool
    {
        try await session.query(
            "DELETE FROM usage.export WHERE id = \(id) AND \(isOf(tenant)) RETURNING id"
        ).first != nil
    }

    static func part(_ number: Int, of id: UniqueID, in session: some PostgresSession)
        async throws -> [UInt8]?
    {
        try await session.query(
            "SELECT data FROM usage.export_part WHERE export_id = \(id) AND number = \(number)"
        ).first.map { try $0.bytes("data") }
    }

    private static func isOf(_ tenant: TenantID?) -> SQL {
        tenant.map { "tenant_id = \($0)" } ?? "tenant_id IS NULL"
    }
}

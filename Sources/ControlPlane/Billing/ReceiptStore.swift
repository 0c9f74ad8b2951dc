import Billing
import ChromaModel
import Postgres

/// Table `usage.receipt`, and what `usage.period` says of a month.
enum ReceiptStore {
    /// A month that is sealed, or is not.
    struct Seal: Sendable {
        let isSealed: Bool
        let incompleteSources: [String]
    }

    static func seal(of period: BillingPeriod, in session: some PostgresSession) async throws
        -> Seal
    {
        let row = try await session.query(
            """
            SELECT state = 'SEALED' AS is_sealed, incomplete_sources FROM usage.period
            WHERE period = \(date(period))
            """
        ).first
        return Seal(
            isSealed: try row?.bool("is_sealed") ?? false,
            incompleteSources: try row?.texts("incomplete_sources") ?? [])
    }

    /// The months of a tenant's usage, newest first, before one of them.
    ///
    /// - Parameter before: nil: from the newest on.
    static func list(
        of tenant: TenantID, before: BillingPeriod?, limit: Int, in session: some PostgresSession
    ) async throws -> [ReceiptRecord] {
        let until = before.map(date) ?? "'infinity'::date"
        return try await session.query(
            """
            SELECT to_char(p.period, 'YYYY-MM') AS period, p.state = 'SEALED' AS is_sealed,
                p.seal_time, r.issue_time, sha256(r.document || '\\x0a'::bytea) AS sha256
            FROM usage.period p
            LEFT JOIN usage.receipt r ON r.tenant_id = \(tenant) AND r.period = p.period
            WHERE p.period < \(until) AND (r.tenant_id IS NOT NULL OR EXISTS (
                SELECT 1 FROM usage.hour h
                WHERE h.period = p.period AND h.tenant_id = \(tenant)))
            ORDER BY p.period DESC LIMIT \(limit)
            """
        ).map { try ReceiptRecord(row: $0) }
    }

    static func find(
        _ tenant: TenantID, _ period: BillingPeriod, in session: some PostgresSession
    ) async throws -> [UInt8]? {
        try await session.query(
            """
            SELECT document FROM usage.receipt
            WHERE tenant_id = \(tenant) AND period = \(date(period))
            """
        ).first.map { try $0.bytes("document") }
    }

    /// Keeps a receipt unless there is one.
    static func insert(
        _ document: [UInt8], of tenant: TenantID, _ period: BillingPeriod,
        atMilliseconds now: UInt64, in session: some PostgresSession
    ) async throws {
        try await session.query(
            """
            INSERT INTO usage.receipt (tenant_id, period, document, issue_time)
            VALUES (\(tenant), \(date(period)), \(document), \(.timestamp(now)))
            ON CONFLICT DO NOTHING
            """)
    }

    /// The first day of the month.
    static func date(_ period: BillingPeriod) -> SQL {
        let text = "\(period)-01"
        return "\(text)::date"
    }
}

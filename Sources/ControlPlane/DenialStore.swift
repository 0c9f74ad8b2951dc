import Access
import ChromaModel
import Postgres

/// Table `acl.issuer_denial`.
enum DenialStore {
    private static let columns: SQL = """
        id, issuer_id, kind, value, issued_before, create_time, expire_time
        """

    /// Stores a denial; one of the same value takes its place under the id that was there. Returns
    /// the id.
    static func upsert(_ denial: DenialRecord, in session: some PostgresSession) async throws
        -> UniqueID?
    {
        let (kind, value, before) = denial.rule.columns
        return try await session.query(
            """
            INSERT INTO acl.issuer_denial
                (id, issuer_id, kind, value, issued_before, create_time, expire_time)
            VALUES (\(denial.id), \(denial.issuer), \(kind), \(value), \(.timestamp(before)),
                \(.timestamp(denial.createdAtMilliseconds)),
                \(.timestamp(denial.expiresAtMilliseconds)))
            ON CONFLICT (issuer_id, kind, value) DO UPDATE SET
                issued_before = excluded.issued_before, create_time = excluded.create_time,
                expire_time = excluded.expire_time
            RETURNING id
            """
        ).first?.uuid("id")
    }

    /// In order of creation.
    static func list(
        of issuer: IssuerID, after: UniqueID?, limit: Int, in session: some PostgresSession
    ) async throws -> [DenialRecord] {
        try await session.query(
            """
            SELECT \(columns) FROM acl.issuer_denial
            WHERE issuer_id = \(issuer) AND id > \(after ?? UniqueID(high: 0, low: 0))
            ORDER BY id LIMIT \(limit)
            """
        ).map(record)
    }

    static func count(of issuer: IssuerID, in session: some PostgresSession) async throws -> Int {
        let rows = try await session.query(
            "SELECT count(*) AS denials FROM acl.issuer_denial WHERE issuer_id = \(issuer)")
        return Int(try rows.first?.int64("denials") ?? 0)
    }

    /// Whether it was there.
    static func delete(
        _ id: UniqueID, of issuer: IssuerID, in session: some PostgresSession
    ) async throws -> Bool {
        try await !session.query(
            """
            DELETE FROM acl.issuer_denial WHERE issuer_id = \(issuer) AND id = \(id) RETURNING id
            """
        ).isEmpty
    }

    /// Removes the issuer's denials whose tokens have expired.
    static func deleteExpired(
        of issuer: IssuerID, atMilliseconds now: UInt64, in session: some PostgresSession
    ) async throws {
        try await session.query(
            """
            DELETE FROM acl.issuer_denial
            WHERE issuer_id = \(issuer) AND expire_time <= \(.timestamp(now))
            """)
    }

    private static func record(_ row: Row) throws -> DenialRecord {
        DenialRecord(
            id: try row.uuid("id"), issuer: IssuerID(try row.text("issuer_id")),
            rule: try rule(row), createdAtMilliseconds: try row.milliseconds("create_time"),
            expiresAtMilliseconds: try row.optionalMilliseconds("expire_time"))
    }

    private static func rule(_ row: Row) throws -> DenialRule {
        let value = ClaimText(try row.text("value"))
        switch try row.text("kind") {
        case "token": return .token(value)
        case "subject":
            return .subject(
                value, issuedBeforeMilliseconds: try row.optionalMilliseconds("issued_before"))
        case "everyone":
            return .everyone(issuedBeforeMilliseconds: try row.milliseconds("issued_before"))
        default: throw RowError(column: "kind", problem: "is none of this release")
        }
    }
}

extension DenialRule {
    fileprivate var columns: (kind: String, value: String, issuedBefore: UInt64?) {
        switch self {
        case .token(let value): ("token", value.value, nil)
        case .subject(let value, let before): ("subject", value.value, before)
        case .everyone(let before): ("everyone", "", before)
        }
    }
}

import ChromaModel
import Postgres

/// Tables `audit.event` and `audit.head`.
enum AuditStore {
    private static let columns: SQL = """
        number, time, actor, method, event, tenant, resource, request_id, address, result,
        prev_hash, hash
        """

    /// Appends an event. It takes a lock until commit, so it comes late in its transaction.
    static func append(
        _ draft: AuditDraft, atMilliseconds now: UInt64, in session: PostgresTransaction
    ) async throws {
        let event = AuditEvent(draft, after: try await lockHead(in: session), atMilliseconds: now)
        try await session.query(
            """
            INSERT INTO audit.event (\(columns)) VALUES
            (\(.integer(event.number)), \(.timestamp(now)), \(draft.actor), \(draft.method),
             \(draft.event), \(draft.tenant), \(draft.resource), \(draft.requestID),
             \(draft.address), \(draft.result), \(event.previousHash), \(event.hash))
            """)
        try await session.query(
            "UPDATE audit.head SET number = \(.integer(event.number)), hash = \(event.hash)")
    }

    /// Newest first.
    static func list(
        _ selection: AuditSelection, before: Int64?, limit: Int, in session: some PostgresSession
    ) async throws -> [AuditEvent] {
        try await session.query(
            """
            SELECT \(columns) FROM audit.event
            WHERE number < \(.integer(before ?? .max))
            AND tenant = coalesce(\(selection.tenant?.value)::text, tenant)
            AND time >= coalesce(\(.timestamp(selection.fromMilliseconds))::timestamptz, time)
            AND (\(.timestamp(selection.untilMilliseconds))::timestamptz IS NULL
                OR time < \(.timestamp(selection.untilMilliseconds))::timestamptz)
            ORDER BY number DESC LIMIT \(limit)
            """
        ).map(event)
    }

    /// In their order.
    static func events(after number: Int64, limit: Int, in session: some PostgresSession)
        async throws -> [AuditEvent]
    {
        try await session.query(
            """
            SELECT \(columns) FROM audit.event WHERE number > \(.integer(number))
            ORDER BY number LIMIT \(limit)
            """
        ).map(event)
    }

    /// nil when somebody removed it.
    static func head(in session: some PostgresSession) async throws -> AuditHead? {
        try await session.query("SELECT number, hash FROM audit.head").first.map(head)
    }

    private static func lockHead(in session: PostgresTransaction) async throws -> AuditHead {
        let rows = try await session.query("SELECT number, hash FROM audit.head FOR UPDATE")
        guard let row = rows.first else {
            throw ServiceError(
                .internalError,
                "The audit log has lost its head, so nothing can be changed; run: tessera audit"
                    + " verify")
        }
        return try head(row)
    }

    private static func head(_ row: Row) throws -> AuditHead {
        AuditHead(number: try row.int64("number"), hash: try row.bytes("hash"))
    }

    private static func event(_ row: Row) throws -> AuditEvent {
        AuditEvent(
            number: try row.int64("number"), atMilliseconds: try row.milliseconds("time"),
            draft: AuditDraft(
                actor: try row.text("actor"), method: try row.text("method"),
                event: try row.text("event"), tenant: try row.text("tenant"),
                resource: try row.text("resource"), requestID: try row.uuid("request_id"),
                address: try row.text("address"), result: try row.text("result")),
            previousHash: try row.bytes("prev_hash"), hash: try row.bytes("hash"))
    }
}

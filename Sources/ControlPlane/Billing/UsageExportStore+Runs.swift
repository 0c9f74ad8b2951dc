import ChromaModel
import Postgres

/// The runs of exports: who makes which, until when.
extension UsageExportStore {
    /// Begins a run of the oldest export that nobody makes, from the start.
    static func claim(
        atMilliseconds now: UInt64, until end: UInt64, in session: some PostgresSession
    ) async throws -> UsageExport? {
        let row = try await session.query(
            """
            UPDATE usage.export e SET state = 'running', attempt = attempt + 1, bytes = 0,
                lease_time = \(.timestamp(end))
            FROM (SELECT id FROM usage.export
                WHERE state IN ('waiting', 'running') AND lease_time <= \(.timestamp(now))
                    AND attempt < \(attemptsMax)
                ORDER BY create_time LIMIT 1 FOR UPDATE SKIP LOCKED) due
            WHERE e.id = due.id RETURNING e.*
            """
        ).first
        guard let export = try row.map({ try UsageExport(row: $0) }) else { return nil }
        try await session.query("DELETE FROM usage.export_part WHERE export_id = \(export.id)")
        return export
    }

    /// False when it isn't this run's any more.
    static func extend(_ run: UsageExport, until end: UInt64, in session: some PostgresSession)
        async throws -> Bool
    {
        try await session.query(
            """
            UPDATE usage.export SET lease_time = \(.timestamp(end)) WHERE \(isCurrent(run))
            RETURNING id
            """
        ).first != nil
    }

    /// Adds a part to the file. False when it isn't this run's any more.
    static func append(
        _ data: [UInt8], number: Int, to run: UsageExport, in session: some PostgresSession
    ) async throws -> Bool {
        try await session.query(
            """
            WITH mine AS (
                UPDATE usage.export SET bytes = bytes + \(data.count) WHERE \(isCurrent(run))
                RETURNING id, tenant_id)
            INSERT INTO usage.export_part (export_id, number, tenant_id, data)
            SELECT id, \(number), tenant_id, \(data) FROM mine RETURNING number
            """
        ).first != nil
    }

    /// The file is whole.
    static func finish(_ run: UsageExport, sha256: [UInt8], in session: some PostgresSession)
        async throws
    {
        try await session.query(
            """
            UPDATE usage.export SET state = 'done', sha256 = \(sha256) WHERE \(isCurrent(run))
            """)
    }

    static func fail(_ run: UsageExport, _ problem: String, in session: some PostgresSession)
        async throws
    {
        try await session.query(
            """
            WITH mine AS (
                UPDATE usage.export SET state = 'failed', problem = \(problem), bytes = 0
                WHERE \(isCurrent(run)) RETURNING id)
            DELETE FROM usage.export_part p USING mine WHERE p.export_id = mine.id
            """)
    }

    /// Leaves it to whoever comes next, from then on.
    static func release(
        _ run: UsageExport, atMilliseconds now: UInt64, in session: some PostgresSession
    ) async throws {
        try await session.query(
            """
            UPDATE usage.export SET state = 'waiting', lease_time = \(.timestamp(now))
            WHERE \(isCurrent(run))
            """)
    }

    /// Removes what has expired, and gives up what was begun too often.
    static func sweep(atMilliseconds now: UInt64, in session: some PostgresSession) async throws {
        let problem = "It was begun \(attemptsMax) times and cut short each time; ask for less."
        try await session.query(
            "DELETE FROM usage.export WHERE expire_time <= \(.timestamp(now))")
        try await session.query(
            """
            WITH ended AS (
                UPDATE usage.export SET state = 'failed', problem = \(problem), bytes = 0
                WHERE state IN ('waiting', 'running') AND lease_time <= \(.timestamp(now))
                    AND attempt >= \(attemptsMax)
                RETURNING id)
            DELETE FROM usage.export_part p USING ended WHERE p.export_id = ended.id
            """)
    }

    private static func isCurrent(_ run: UsageExport) -> SQL {
        "id = \(run.id) AND state = 'running' AND attempt = \(run.attempt)"
    }
}

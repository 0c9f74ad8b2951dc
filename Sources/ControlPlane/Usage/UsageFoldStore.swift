import ChromaModel
import Postgres
import Usage

/// Tables `usage.hour` and `usage.period`: from cells to what is billed.
enum UsageFoldStore {
    /// How long an hour waits for a source that has not reported it.
    static let sourceHoursMax = 72
    /// How long the cells of a sealed period are kept.
    static let keptDaysAfterSeal = 7
    /// How long a process that reports no more is remembered.
    static let cursorDaysMax = 90
    /// An hour is folded so long after its end at the earliest: clocks differ.
    static let graceSeconds = 120

    /// Books one hour: one that got late cells, or the next in turn. False when none is due.
    static func foldNext(atMilliseconds now: UInt64, in session: some PostgresSession)
        async throws -> Bool
    {
        try await session.query("SELECT 1 FROM usage.progress FOR UPDATE")
        if let late = try await lateHour(in: session) {
            try await fold(late, in: session)
            return true
        }
        guard let hour = try await nextHour(in: session) else { return false }
        guard try await isDue(hour, atMilliseconds: now, in: session) else { return false }
        try await fold(hour, in: session)
        try await session.query(
            """
            UPDATE usage.progress
            SET folded_before = \(.timestamp(milliseconds: hour + Self.millisecondsPerHour))
            """)
        return true
    }

    private static func lateHour(in session: some PostgresSession) async throws -> UInt64? {
        try await session.query("SELECT hour FROM usage.late_hour ORDER BY hour LIMIT 1").first
            .map { try $0.milliseconds("hour") }
    }

    /// The hour after the last one; before the first, that of the oldest cell.
    private static func nextHour(in session: some PostgresSession) async throws -> UInt64? {
        try await session.query(
            """
            SELECT coalesce(p.folded_before,
                (SELECT date_trunc('hour', min(minute), 'UTC') FROM usage.cell)) AS hour
            FROM usage.progress p
            """
        ).first?.optionalMilliseconds("hour")
    }

    /// Whether all sources that live have reported the hour, or it is too old to wait.
    private static func isDue(
        _ hour: UInt64, atMilliseconds now: UInt64, in session: some PostgresSession
    ) async throws -> Bool {
        let end = hour + millisecondsPerHour
        guard now >= end + UInt64(graceSeconds) * 1000 else { return false }
        if now >= end + UInt64(sourceHoursMax) * millisecondsPerHour { return true }
        // Who has said nothing for as long is gone: else every hour would wait for it.
        let oldest = now - min(now, UInt64(sourceHoursMax) * millisecondsPerHour)
        let waiting = try await session.query(
            """
            SELECT 1 AS waiting FROM usage.cursor
            WHERE NOT is_closed AND watermark < \(.timestamp(milliseconds: end))
                AND update_time > \(.timestamp(milliseconds: oldest)) LIMIT 1
            """)
        return waiting.isEmpty
    }

    /// When the size of a collection at the end of the hour is another than before, the next hour
    /// is folded again too, unless its turn is yet to come.
    private static func fold(_ hour: UInt64, in session: some PostgresSession) async throws {
        try await session.query(
            """
            WITH folded AS (
                SELECT usage.fold_hour(\(.timestamp(milliseconds: hour))) AS has_new_sizes)
            INSERT INTO usage.late_hour
            SELECT \(.timestamp(milliseconds: hour + millisecondsPerHour))
            FROM folded, usage.progress p
            WHERE has_new_sizes
                AND p.folded_before > \(.timestamp(milliseconds: hour + millisecondsPerHour))
            ON CONFLICT DO NOTHING
            """)
    }

    /// Seals every period that has ended and whose hours are all folded.
    static func sealPeriods(atMilliseconds now: UInt64, in session: some PostgresSession)
        async throws
    {
        try await session.query(
            """
            UPDATE usage.period SET state = 'CLOSING' WHERE state = 'OPEN'
            AND (period + interval '1 month') AT TIME ZONE 'UTC' <= \(.timestamp(now))
            """)
        try await session.query(
            """
            UPDATE usage.period q SET state = 'SEALED', seal_time = \(.timestamp(now)),
                incomplete_sources = ARRAY(
                    SELECT c.source || '/' || c.boot FROM usage.cursor c WHERE NOT c.is_closed
                    AND c.watermark >= q.period::timestamp AT TIME ZONE 'UTC'
                    AND c.watermark < (q.period + interval '1 month') AT TIME ZONE 'UTC'
                    ORDER BY 1)
            FROM usage.progress p WHERE q.state = 'CLOSING'
                AND p.folded_before >= (q.period + interval '1 month') AT TIME ZONE 'UTC'
                AND NOT EXISTS (SELECT 1 FROM usage.late_hour)
            """)
    }

    /// Forgets processes that ended, or were last heard of, long ago.
    static func forgetCursors(atMilliseconds now: UInt64, in session: some PostgresSession)
        async throws
    {
        let kept = UInt64(cursorDaysMax) * 24 * millisecondsPerHour
        try await session.query(
            """
            DELETE FROM usage.cursor
            WHERE update_time < \(.timestamp(milliseconds: now - min(now, kept)))
            """)
    }

    /// Drops the oldest day's cells, a while after its period was sealed. False when none is due.
    static func dropOldestDay(atMilliseconds now: UInt64, in session: some PostgresSession)
        async throws -> Bool
    {
        try await session.query("SELECT 1 FROM usage.progress FOR UPDATE")
        let due = try await session.query(
            """
            SELECT c.relname::text AS name, to_date(right(c.relname, 8), 'YYYYMMDD')::text AS day
            FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid
            JOIN usage.period q
                ON q.period = date_trunc('month', to_date(right(c.relname, 8), 'YYYYMMDD'))
            WHERE i.inhparent = 'usage.cell'::regclass AND q.state = 'SEALED'
                AND q.seal_time + make_interval(days => \(keptDaysAfterSeal)::int)
                    <= \(.timestamp(now))
            ORDER BY c.relname LIMIT 1
            """)
        guard let row = due.first else { return false }
        let (name, day) = (try row.text("name"), try row.text("day"))
        try await session.query(
            "UPDATE usage.progress SET dropped_before = greatest(dropped_before, \(day)::date + 1)")
        try await session.query("SELECT usage.drop_day(\(name))")
        return true
    }

    private static let millisecondsPerHour: UInt64 = 3_600_000
}

import ChromaModel
import Postgres
import Usage

/// Tables `usage.cell` and `usage.cursor`: taking reports.
///
/// Rows are locked in one order by everyone: progress, the reporter's cursor, cells sorted, late
/// hours sorted, names sorted. Unsorted, concurrent reports would wait for each other in circles.
enum UsageStore {
    /// Makes the partitions that cells need. Outside of the transaction that fills them, for it
    /// locks the whole table.
    static func makePartitions(for cells: [UsageCell], in session: some PostgresSession)
        async throws
    {
        guard !cells.isEmpty else { return }
        let times = Set(cells.map { $0.key.minute.milliseconds / 86_400_000 }).sorted()
        try await session.query(
            """
            SELECT usage.ensure_day(d.day) FROM (
                SELECT date '1970-01-01' + u.days::int AS day
                FROM unnest(\(times.map(String.init))) AS u (days)) AS d, usage.progress p
            WHERE d.day >= p.dropped_before ORDER BY d.day
            """)
    }

    static func take(_ batch: UsageBatch, in session: some PostgresSession) async throws
        -> UsageReceipt
    {
        // Shared: reports may come beside each other, but none beside a fold.
        try await session.query("SELECT 1 FROM usage.progress FOR SHARE")
        let cursor = try await lockCursor(of: batch.origin, in: session)
        // The last one again: its answer was lost.
        if batch.sequence + 1 == cursor.sequence, batch.chainHash == cursor.hash { return .taken }
        guard batch.sequence == cursor.sequence, batch.previousHash == cursor.hash else {
            return .expects(sequence: cursor.sequence, previousHash: cursor.hash)
        }
        try await merge(batch.cells, in: session)
        try await session.query(
            """
            UPDATE usage.cursor SET next_seq = next_seq + 1, chain_hash = \(batch.chainHash),
                watermark = greatest(watermark,
                    \(.timestamp(milliseconds: batch.watermark.milliseconds))),
                is_closed = \(batch.isLast), update_time = now()
            WHERE source = \(batch.origin.source) AND boot = \(batch.origin.boot)
            """)
        return .taken
    }

    private static func lockCursor(of origin: UsageOrigin, in session: some PostgresSession)
        async throws -> (sequence: UInt64, hash: [UInt8])
    {
        try await session.query(
            """
            INSERT INTO usage.cursor (source, boot, next_seq, chain_hash, watermark)
            VALUES (\(origin.source), \(origin.boot), 0, \(UsageBatch.firstHash),
                    to_timestamp(0))
            ON CONFLICT DO NOTHING
            """)
        let rows = try await session.query(
            """
            SELECT next_seq, chain_hash FROM usage.cursor
            WHERE source = \(origin.source) AND boot = \(origin.boot) FOR UPDATE
            """)
        guard let row = rows.first else {
            throw ServiceError(.internalError, "usage.cursor returned no row.")
        }
        return (UInt64(clamping: try row.int64("next_seq")), try row.bytes("chain_hash"))
    }

    /// Merges cells by their maximum.
    ///
    /// - Parameter cells: sorted, as a batch has them.
    private static func merge(_ cells: [UsageCell], in session: some PostgresSession) async throws {
        guard !cells.isEmpty else { return }
        let columns = UsageColumns(cells)
        try await session.query(
            """
            INSERT INTO usage.unplaced AS known \(columns.selection) JOIN usage.progress p
                ON (g.minute AT TIME ZONE 'UTC')::date < p.dropped_before
            ORDER BY g.place \(Self.keepingTheLarger)
            """)
        try await session.query(
            """
            WITH changed AS (
                INSERT INTO usage.cell AS known \(columns.selection) JOIN usage.progress p
                    ON (g.minute AT TIME ZONE 'UTC')::date >= p.dropped_before
                ORDER BY g.place \(Self.keepingTheLarger) RETURNING minute)
            INSERT INTO usage.late_hour
            SELECT DISTINCT date_trunc('hour', c.minute, 'UTC') FROM changed c, usage.progress p
            WHERE c.minute < p.folded_before ORDER BY 1
            ON CONFLICT DO NOTHING
            """)
        try await session.query(
            """
            INSERT INTO usage.tenant_name AS known (tenant_id, name)
            SELECT id, name FROM cp.tenant WHERE id IN (
                SELECT u.tenant::uuid FROM unnest(\(columns.tenants)) AS u (tenant))
            ORDER BY id
            ON CONFLICT (tenant_id) DO UPDATE SET name = excluded.name
            WHERE known.name <> excluded.name
            """)
    }

    private static let keepingTheLarger: SQL = """
        ON CONFLICT (day, tenant_id, database_id, collection_id, credential, meter, minute,
                     source, boot)
        DO UPDATE SET quantity = excluded.quantity WHERE known.quantity < excluded.quantity
        """
}

/// Cells as arrays of text, one a column.
private struct UsageColumns {
    let tenants: [String]
    private let arrays: [[String]]

    init(_ cells: [UsageCell]) {
        tenants = cells.map { "\($0.key.tenant)" }
        arrays = [
            tenants, cells.map { "\($0.key.place.0)" }, cells.map { "\($0.key.place.1)" },
            cells.map(\.key.credential.value), cells.map(\.meter.rawValue),
            cells.map { "\($0.key.minute)" }, cells.map(\.origin.source),
            cells.map(\.origin.boot), cells.map { "\($0.quantity)" },
        ]
    }

    /// Rows of `usage.cell`, from `g`.
    var selection: SQL {
        """
        SELECT (g.minute AT TIME ZONE 'UTC')::date, g.tenant_id, g.database_id,
            g.collection_id, g.credential, g.meter, g.minute, g.source, g.boot, g.quantity
        FROM (SELECT u.place, u.tenant::uuid AS tenant_id, u.database::uuid AS database_id,
                u.collection::uuid AS collection_id, u.credential, u.meter,
                to_timestamp(u.minute::bigint * 60) AS minute, u.source, u.boot,
                u.quantity::numeric AS quantity
            FROM unnest(\(arrays[0]), \(arrays[1]), \(arrays[2]), \(arrays[3]), \(arrays[4]),
                \(arrays[5]), \(arrays[6]), \(arrays[7]), \(arrays[8])) WITH ORDINALITY
            AS u (tenant, database, collection, credential, meter, minute, source, boot, quantity,
                  place)) AS g
        """
    }
}

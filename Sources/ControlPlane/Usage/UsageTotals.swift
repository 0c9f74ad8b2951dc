import Billing
import ChromaModel
import Postgres
import Usage

/// Sums over `usage.hour` and, of hours that aren't folded, `usage.cell`.
enum UsageTotals {
    private static let nobody = "00000000-0000-0000-0000-000000000000"

    /// The lines of a selection, by time, in a fixed order.
    ///
    /// - Parameters:
    ///   - offset: how many to leave out.
    ///   - limit: at most so many.
    ///   - booked: bookings that came after it are left out, and what is not booked by it is open.
    static func lines(
        _ selection: UsageSelection, offset: Int, limit: Int, asOf booked: UsageProgress,
        in session: some PostgresSession
    ) async throws -> [UsageLine] {
        try await session.query(
            """
            SELECT s.*, coalesce(t.name, n.name, s.tenant_id::text) AS tenant,
                coalesce(d.name, s.database_id) AS database
            FROM (\(sums(selection, booked)) ORDER BY \(order) OFFSET \(offset) LIMIT \(limit)) s
            LEFT JOIN cp.tenant t ON t.id = s.tenant_id
            LEFT JOIN usage.tenant_name n ON n.tenant_id = s.tenant_id
            LEFT JOIN cp.database d ON d.tenant_id = s.tenant_id AND d.id::text = s.database_id
            ORDER BY \(order)
            """
        ).map { try line($0, selection.window, booked) }
    }

    /// How far usage is booked now.
    static func progress(in session: some PostgresSession) async throws -> UsageProgress {
        let row = try await session.query(
            "SELECT folded_before, last_booking FROM usage.progress"
        ).first
        return UsageProgress(
            foldedBefore: try row?.optionalMilliseconds("folded_before") ?? 0,
            lastBooking: Int(try row?.int64("last_booking") ?? 0))
    }

    private static let order: SQL = """
        start, tenant_id, meter, database_id, collection_id, credential, label, period,
        is_correction, booking
        """

    private static func sums(_ selection: UsageSelection, _ booked: UsageProgress) -> SQL {
        let grouping = selection.grouping
        let rows = selection.window == .minute ? minutes : hours
        return """
            SELECT date_trunc(\(selection.window.field), u.at, 'UTC') AS start, u.tenant_id,
                u.meter, to_char(u.period, 'YYYY-MM') AS period, u.is_correction,
                u.booking, \(id("u.database_id", grouping.database)) AS database_id,
                \(id("u.collection_id", grouping.collection)) AS collection_id,
                \(credential(grouping.credential)) AS credential,
                \(label(grouping.label)) AS label, sum(u.quantity)::text AS quantity
            FROM \(rows) u LEFT JOIN cp.tenant l ON l.id = u.tenant_id
            WHERE u.at >= \(.timestamp(selection.fromMilliseconds))
                AND u.at < \(.timestamp(selection.untilMilliseconds))
                AND u.booking <= \(booked.lastBooking)
                AND u.tenant_id = coalesce(\(selection.tenant?.uuid)::uuid, u.tenant_id)
                AND u.meter = coalesce(\(selection.meter?.rawValue)::text, u.meter)
                AND to_char(u.period, 'YYYY-MM')
                    = coalesce(\(selection.period?.description)::text, to_char(u.period, 'YYYY-MM'))
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
            """
    }

    private static let hours: SQL = "(SELECT total.*, hour AS at FROM usage.total)"
    /// Samples have no sum.
    private static let minutes: SQL = """
        (SELECT cell.*, minute AS at, date_trunc('month', day)::date AS period,
            false AS is_correction, 0::bigint AS booking
         FROM usage.cell WHERE meter <> 'stored_bytes')
        """

    /// All zeros, what is not of one database or collection, shows as nothing.
    private static func id(_ column: SQL, _ isGrouped: Bool) -> SQL {
        isGrouped ? "replace(\(column)::text, \(nobody), '')" : "''::text"
    }

    private static func credential(_ isGrouped: Bool) -> SQL {
        isGrouped ? "u.credential" : "''::text"
    }

    private static func label(_ key: String?) -> SQL {
        key.map { "coalesce(l.labels ->> \($0)::text, '')" } ?? "''::text"
    }

    private static func line(
        _ row: Row, _ window: UsageWindow, _ booked: UsageProgress
    ) throws -> UsageLine {
        let name = try row.text("meter")
        guard let quantity = Int128(try row.text("quantity")) else {
            throw RowError(column: "quantity", problem: "is no whole number")
        }
        let start = try row.milliseconds("start")
        let end = window.end(ofWindowAt: start)
        return UsageLine(
            tenant: try row.text("tenant"), tenantID: "\(try row.uuid("tenant_id"))",
            database: try row.text("database"), databaseID: try row.text("database_id"),
            collectionID: try row.text("collection_id"), credential: try row.text("credential"),
            label: try row.text("label"), meter: name,
            // What a newer release counts is in units that this one doesn't know.
            unit: Meter(rawValue: name)?.unit ?? "1", startMilliseconds: start,
            endMilliseconds: end,
            period: try BillingPeriod(row.text("period")),
            isCorrection: try row.bool("is_correction"), booking: try row.int64("booking"),
            // Late cells are added to those of their minute.
            isFinal: window != .minute && end <= booked.foldedBefore, quantity: quantity)
    }
}

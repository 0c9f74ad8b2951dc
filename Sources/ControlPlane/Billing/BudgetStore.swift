import Access
import Billing
import ChromaModel
import Postgres
import Usage

/// Table `usage.budget`, and the stops that budgets make.
enum BudgetStore {
    private static let columns: SQL = """
        b.tenant_id, t.name AS tenant, b.name, b.id, b.meter, b.amount::text AS amount,
        b.thresholds, b.webhook_url, b.is_hard, b.created_by, b.create_time
        """

    /// By name; of every live tenant when none is named. A meter that only a newer release knows
    /// is left out: nothing here counts it.
    static func list(of tenant: TenantID?, in session: some PostgresSession) async throws
        -> [Budget]
    {
        try await session.query(
            """
            SELECT \(columns) FROM usage.budget b JOIN cp.tenant t ON t.id = b.tenant_id
            WHERE t.delete_time IS NULL
            AND b.tenant_id = coalesce(\(tenant?.uuid)::uuid, b.tenant_id)
            ORDER BY b.tenant_id, b.name
            """
        ).compactMap(record)
    }

    /// Throws a unique violation when the tenant has one of that name.
    static func insert(_ budget: Budget, in session: some PostgresSession) async throws {
        try await session.query(
            """
            INSERT INTO usage.budget (tenant_id, name, id, meter, amount, thresholds, webhook_url,
                is_hard, created_by, create_time)
            VALUES (\(budget.tenant), \(budget.name), \(budget.id),
                \(budget.measure.meter?.rawValue), \("\(budget.amount)")::numeric,
                \(budget.thresholds.map { "\($0)" }), \(budget.webhookURL), \(budget.isHard),
                \(budget.createdBy), \(.timestamp(budget.createdAtMilliseconds)))
            """)
    }

    /// Whether there was one.
    static func delete(_ name: String, of tenant: TenantID, in session: some PostgresSession)
        async throws -> Bool
    {
        try await !session.query(
            """
            DELETE FROM usage.budget WHERE tenant_id = \(tenant) AND name = \(name)
            RETURNING name
            """
        ).isEmpty
    }

    /// What tenants with budgets, or one of them, used of each meter in a month.
    static func used(
        in period: BillingPeriod, by tenant: TenantID?, in session: some PostgresSession
    ) async throws -> [TenantID: [String: Int128]] {
        var used: [TenantID: [String: Int128]] = [:]
        let rows = try await session.query(
            """
            SELECT tenant_id, meter, sum(quantity)::text AS quantity FROM usage.total
            WHERE period = \(ReceiptStore.date(period))
            AND tenant_id IN (SELECT tenant_id FROM usage.budget)
            AND tenant_id = coalesce(\(tenant?.uuid)::uuid, tenant_id)
            GROUP BY tenant_id, meter
            """)
        for row in rows {
            let id = TenantID(try row.uuid("tenant_id"))
            used[id, default: [:]][try row.text("meter")] = Int128(try row.text("quantity"))
        }
        return used
    }

    /// Live tenants that a budget stops, or stopped once.
    static func stopped(in session: some PostgresSession) async throws -> [TenantID] {
        try await session.query(
            "SELECT id FROM cp.tenant WHERE stop_time IS NOT NULL AND delete_time IS NULL"
        ).map { TenantID(try $0.uuid("id")) }
    }

    /// Sets or ends a tenant's stop; the tenant's name if that changed anything.
    static func setStop(
        _ stop: TenantStop?, of tenant: TenantID, in session: some PostgresSession
    ) async throws -> TenantName? {
        try await session.query(
            """
            UPDATE cp.tenant SET stop_time = \(.timestamp(stop?.untilMilliseconds)),
                stop_reason = \(stop?.reason)
            WHERE id = \(tenant) AND delete_time IS NULL
            AND (stop_time, stop_reason) IS DISTINCT FROM
                (\(.timestamp(stop?.untilMilliseconds))::timestamptz, \(stop?.reason)::text)
            RETURNING name
            """
        ).first.map { TenantName(try $0.text("name")) }
    }

    private static func record(_ row: Row) throws -> Budget? {
        let measure: BudgetMeasure
        if let name = try row.optionalText("meter") {
            guard let meter = Meter(rawValue: name) else { return nil }
            measure = .meter(meter)
        } else {
            measure = .money
        }
        guard let amount = Int128(try row.text("amount")) else {
            throw RowError(column: "amount", problem: "is no whole number")
        }
        return Budget(
            tenant: TenantID(try row.uuid("tenant_id")),
            tenantName: TenantName(try row.text("tenant")), name: try row.text("name"),
            id: try row.uuid("id"), measure: measure, amount: amount,
            thresholds: try row.texts("thresholds").compactMap { Int($0) },
            webhookURL: try row.optionalText("webhook_url"), isHard: try row.bool("is_hard"),
            createdBy: try row.text("created_by"),
            createdAtMilliseconds: try row.milliseconds("create_time"))
    }
}

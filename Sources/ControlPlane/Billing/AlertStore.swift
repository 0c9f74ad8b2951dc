import Billing
import ChromaModel
import Postgres

/// Table `usage.alert`, the outbox of webhooks.
enum AlertStore {
    /// How long one sending keeps others from it.
    private static let claimMilliseconds: UInt64 = 60_000

    private static let columns: SQL = """
        a.id, a.budget_id, to_char(a.period, 'YYYY-MM') AS period, a.threshold,
        a.used::text AS used, a.fire_time, a.state, a.attempts, a.problem
        """

    /// Raises an alert unless it was raised in that month before; whether it was now.
    static func raise(
        _ id: UniqueID, of budget: Budget, in period: BillingPeriod, threshold: Int,
        used: Int128, atMilliseconds now: UInt64, in session: some PostgresSession
    ) async throws -> Bool {
        let state: Alert.State = budget.webhookURL == nil ? .kept : .pending
        return try await !session.query(
            """
            INSERT INTO usage.alert (id, budget_id, period, threshold, used, fire_time, state,
                attempt_time)
            SELECT \(id), b.id, \(ReceiptStore.date(period)), \(threshold),
                \("\(used)")::numeric, \(.timestamp(now)), \(state.rawValue), \(.timestamp(now))
            FROM usage.budget b WHERE b.id = \(budget.id)
            ON CONFLICT (budget_id, period, threshold) DO NOTHING RETURNING id
            """
        ).isEmpty
    }

    /// The newest first.
    static func list(_ budgets: [Budget], limit: Int, in session: some PostgresSession)
        async throws -> [Alert]
    {
        guard let tenant = budgets.first?.tenant else { return [] }
        return try await session.query(
            """
            SELECT \(columns) FROM usage.alert a JOIN usage.budget b ON b.id = a.budget_id
            WHERE b.tenant_id = \(tenant) ORDER BY a.fire_time DESC, a.threshold DESC
            LIMIT \(limit)
            """
        ).compactMap { try record($0, budgets) }
    }

    /// Takes what is due, for as long as a sending may take. Its attempts are counted already.
    static func claim(
        of budgets: [Budget], atMilliseconds now: UInt64, limit: Int,
        in session: some PostgresSession
    ) async throws -> [Alert] {
        try await session.query(
            """
            UPDATE usage.alert a SET attempts = a.attempts + 1,
                attempt_time = \(.timestamp(now + claimMilliseconds))
            WHERE a.id IN (SELECT id FROM usage.alert
                WHERE state = 'pending' AND attempt_time <= \(.timestamp(now))
                ORDER BY attempt_time LIMIT \(limit) FOR UPDATE SKIP LOCKED)
            RETURNING \(columns)
            """
        ).compactMap { try record($0, budgets) }
    }

    /// Writes down what came of a sending, unless somebody else was faster.
    static func settle(
        _ alert: Alert, _ state: Alert.State, problem: String, nextAttempt: UInt64,
        in session: some PostgresSession
    ) async throws {
        try await session.query(
            """
            UPDATE usage.alert SET state = \(state.rawValue), problem = \(problem),
                attempt_time = \(.timestamp(nextAttempt))
            WHERE id = \(alert.id) AND state = 'pending'
            """)
    }

    private static func record(_ row: Row, _ budgets: [Budget]) throws -> Alert? {
        let id = try row.uuid("budget_id")
        guard let budget = budgets.first(where: { $0.id == id }),
            let used = Int128(try row.text("used")),
            let state = Alert.State(rawValue: try row.text("state"))
        else { return nil }
        return Alert(
            id: try row.uuid("id"), budget: budget, period: try BillingPeriod(row.text("period")),
            threshold: Int(try row.int64("threshold")), used: used,
            firedAtMilliseconds: try row.milliseconds("fire_time"), state: state,
            attempts: Int(try row.int64("attempts")), problem: try row.text("problem"))
    }
}

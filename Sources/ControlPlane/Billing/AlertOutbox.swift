import Billing
import ChromaModel
import Crypto
import FoundationEssentials
import Logging
import Platform
import Postgres
import Usage

/// Sends alerts to webhooks until they arrive or are given up.
struct AlertOutbox: Sendable {
    /// After so many attempts, some two days, an alert is dead.
    static let attemptsMax = 16
    private static let batch = 16
    private static let backoffMillisecondsMin: UInt64 = 5000
    private static let backoffMillisecondsMax: UInt64 = 6 * 3_600_000

    let controlPlane: ControlPlane
    let key: ReceiptKey
    let sender: WebhookSender

    /// Sends what is due, side by side: one receiver that hangs holds up nobody else.
    func send() async throws {
        let pool = controlPlane.pool
        let now = controlPlane.time.unixMilliseconds()
        let due = try await translatingErrors {
            let budgets = try await BudgetStore.list(of: nil, in: pool)
            return try await AlertStore.claim(
                of: budgets, atMilliseconds: now, limit: Self.batch, in: pool)
        }
        await withTaskGroup { group in
            for alert in due { group.addTask { await deliver(alert) } }
        }
    }

    /// How long after a failed attempt the next one is made: twice as long each time.
    static func backoffMilliseconds(afterAttempt attempt: Int) -> UInt64 {
        min(backoffMillisecondsMin << UInt64(min(max(attempt - 1, 0), 20)), backoffMillisecondsMax)
    }

    private func deliver(_ alert: Alert) async {
        do {
            try await sender.post(
                try body(of: alert), to: alert.budget.webhookURL ?? "", id: "\(alert.id)",
                secret: WebhookSecret(of: alert.budget, key: key),
                atMilliseconds: controlPlane.time.unixMilliseconds())
            await settle(alert, .delivered, "")
        } catch {
            let isLast = alert.attempts >= Self.attemptsMax
            let message = (error as? ServiceError)?.message ?? "The receiver can't be reached."
            await settle(alert, isLast ? .dead : .pending, message)
        }
    }

    /// What can't be written down is sent again: the receiver knows the id.
    private func settle(_ alert: Alert, _ state: Alert.State, _ problem: String) async {
        let next =
            controlPlane.time.unixMilliseconds()
            + Self.backoffMilliseconds(afterAttempt: alert.attempts)
        do {
            try await AlertStore.settle(
                alert, state, problem: problem, nextAttempt: next, in: controlPlane.pool)
        } catch {
            controlPlane.logger.warning(
                "an alert's delivery could not be noted", metadata: ["error": "\(error)"])
        }
    }

    private func body(of alert: Alert) throws(ServiceError) -> [UInt8] {
        try SortedJSON.bytes(AlertMessage(alert))
    }
}

/// What a webhook gets.
struct AlertMessage: Encodable {
    let id: String
    let type = "budget.threshold_passed"
    let tenant: String
    let tenantID: String
    let budget: String
    /// Absent for money.
    let meter: String?
    let period: String
    let threshold: Int
    let used: String
    let amount: String
    let fired: String

    enum CodingKeys: String, CodingKey {
        case id, type, tenant, budget, meter, period, threshold, used, amount, fired
        case tenantID = "tenant_id"
    }

    init(_ alert: Alert) {
        let budget = alert.budget
        id = "\(alert.id)"
        tenant = budget.tenantName.value
        tenantID = "\(budget.tenant)"
        self.budget = budget.name
        meter = budget.measure.meter?.rawValue
        period = "\(alert.period)"
        threshold = alert.threshold
        used = budget.measure.text(of: alert.used)
        amount = budget.measure.text(of: budget.amount)
        fired = UTCTime(milliseconds: alert.firedAtMilliseconds).text
    }
}

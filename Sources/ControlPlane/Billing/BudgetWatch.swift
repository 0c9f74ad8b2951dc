import Access
import Billing
import ChromaModel
import Directory
import Logging
import Platform
import Postgres
import ServiceLifecycle

/// Compares budgets with what was used, raises alerts, stops tenants and sends webhooks. As many
/// processes may run it as like to.
package struct BudgetWatch: Service {
    /// Between two looks. Usage itself is reported some seconds late.
    private static let intervalSeconds: UInt64 = 5

    let controlPlane: ControlPlane
    let outbox: AlertOutbox
    let logger: Logger

    /// - Parameters:
    ///   - key: what webhooks' secrets are derived from.
    ///   - allowsInternalAddresses: for development: webhooks of this machine, over plain HTTP.
    package init(
        controlPlane: ControlPlane, key: ReceiptKey, allowsInternalAddresses: Bool, logger: Logger
    ) {
        self.controlPlane = controlPlane
        outbox = AlertOutbox(
            controlPlane: controlPlane, key: key,
            sender: WebhookSender(allowsInternalAddresses: allowsInternalAddresses))
        self.logger = logger
    }

    /// Runs until shut down. What fails is tried again.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            // Side by side: a receiver that hangs doesn't put off a stop.
            async let comparing: Void = loop("budgets could not be compared") {
                try await controlPlane.compareBudgets()
            }
            async let sending: Void = loop("alerts could not be sent") { try await outbox.send() }
            _ = await (comparing, sending)
        }
    }

    private func loop(
        _ failure: Logger.Message, _ work: @Sendable () async throws -> Void
    ) async {
        while !Task.isCancelled {
            do {
                try await work()
            } catch {
                guard !Task.isCancelled else { return }
                logger.warning(failure, metadata: ["error": "\(error)"])
            }
            // Cancelled in here, the loop ends: that is no failure.
            try? await Task.sleep(for: .seconds(Self.intervalSeconds))
        }
    }
}

extension ControlPlane {
    /// One look at every budget: raises what is to be raised, stops and lets go.
    package func compareBudgets() async throws {
        let budgets = try await translatingErrors { try await BudgetStore.list(of: nil, in: pool) }
        let now = time.unixMilliseconds()
        let period = BillingPeriod(containing: now)
        var stops: [TenantID: TenantStop] = [:]
        if !budgets.isEmpty {
            let used = try await used(of: budgets, in: nil)
            for budget in budgets {
                let sum = used[budget.id] ?? 0
                try await raise(budget, period, used: sum, atMilliseconds: now)
                if budget.isHard, budget.isUsedUp(by: sum), stops[budget.tenant] == nil {
                    stops[budget.tenant] = Self.stop(budget, period)
                }
            }
        }
        let stopped = try await translatingErrors { try await BudgetStore.stopped(in: pool) }
        for tenant in Set(stopped).union(stops.keys) {
            try await setStop(stops[tenant], of: tenant)
        }
    }

    private func raise(
        _ budget: Budget, _ period: BillingPeriod, used: Int128, atMilliseconds now: UInt64
    ) async throws {
        for threshold in budget.thresholdsReached(by: used) {
            let id = ids.next()
            let isNew = try await translatingErrors {
                try await AlertStore.raise(
                    id, of: budget, in: period, threshold: threshold, used: used,
                    atMilliseconds: now, in: pool)
            }
            guard isNew else { continue }
            logger.notice(
                "a budget's threshold was passed",
                metadata: [
                    "tenant": "\(budget.tenantName)", "budget": "\(budget.name)",
                    "threshold": "\(threshold)", "period": "\(period)",
                ])
        }
    }

    /// Through the epoch log, as a suspension goes, so that every process knows within seconds.
    private func setStop(_ stop: TenantStop?, of tenant: TenantID) async throws {
        let known = try await translatingErrors {
            try await TenantStore.stop(of: tenant, in: pool)
        }
        guard known != stop else { return }
        let call = AdminCall(
            serverMethod: stop == nil ? "tenant.stop_ended" : "tenant.stopped", random: random)
        try await AdminCall.$current.withValue(call) {
            try await commit { transaction in
                guard
                    let name = try await BudgetStore.setStop(stop, of: tenant, in: transaction)
                else { throw ServiceError.changedMeanwhile }
                call.note(
                    resource: "tenants/\(name)", tenant: name)
                return ((), .tenantChanged(tenant, name))
            }
        }
    }

    private static func stop(_ budget: Budget, _ period: BillingPeriod) -> TenantStop {
        TenantStop(
            untilMilliseconds: period.endMilliseconds,
            reason: "its budget \(budget.name) of \(budget.measure.text(of: budget.amount))"
                + " for \(period) is used up")
    }
}

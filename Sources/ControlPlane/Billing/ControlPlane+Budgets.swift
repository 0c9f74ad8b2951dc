import Access
import Billing
import ChromaModel
import Directory
import Platform
import Postgres
import Usage

extension ControlPlane {
    /// Budgets of one tenant.
    private static let budgetsMax = 20
    /// Alerts that are shown.
    private static let alertsShown = 1000

    /// The budgets of a tenant, by name.
    package func budgets(in scope: TenantScope) async throws -> [Budget] {
        try await translatingErrors { try await BudgetStore.list(of: scope.tenant, in: pool) }
    }

    /// Throws `notFound`.
    package func budget(_ name: String, in scope: TenantScope) async throws -> Budget {
        guard let budget = try await budgets(in: scope).first(where: { $0.name == name }) else {
            throw Self.noBudget(name)
        }
        return budget
    }

    /// Throws `alreadyExists`, `resourceExhausted` past the bound, and `notFound` when the tenant
    /// was deleted meanwhile.
    package func createBudget(_ draft: BudgetDraft, in scope: TenantScope) async throws -> Budget {
        let budget = Budget(
            tenant: scope.tenant, tenantName: scope.tenantName, name: draft.name,
            id: ids.next(), measure: draft.measure, amount: draft.amount,
            thresholds: draft.thresholds, webhookURL: draft.webhookURL, isHard: draft.isHard,
            createdBy: draft.createdBy, createdAtMilliseconds: time.unixMilliseconds())
        return try await commit { transaction in
            guard try await TenantStore.lock(scope.tenant, in: transaction) != nil else {
                throw Self.noTenant(scope.tenantName)
            }
            let others = try await BudgetStore.list(of: scope.tenant, in: transaction)
            guard others.count < Self.budgetsMax else {
                throw ServiceError(
                    .resourceExhausted, "A tenant has at most \(Self.budgetsMax) budgets.")
            }
            guard !others.contains(where: { $0.name == budget.name }) else {
                throw ServiceError(.alreadyExists, "Budget [\(budget.name)] already exists")
            }
            try await BudgetStore.insert(budget, in: transaction)
            return (budget, .tenantChanged(scope.tenant, scope.tenantName))
        }
    }

    /// Removes a budget, its alerts, and at once the stop that it may have made: if another
    /// budget is used up too, its stop follows with the next look at all budgets.
    /// Throws `notFound`.
    package func deleteBudget(_ name: String, in scope: TenantScope) async throws {
        try await commit { transaction in
            guard try await BudgetStore.delete(name, of: scope.tenant, in: transaction) else {
                throw Self.noBudget(name)
            }
            _ = try await BudgetStore.setStop(nil, of: scope.tenant, in: transaction)
            return ((), .tenantChanged(scope.tenant, scope.tenantName))
        }
    }

    /// The newest first.
    package func alerts(in scope: TenantScope) async throws -> [Alert] {
        let budgets = try await budgets(in: scope)
        return try await translatingErrors {
            try await AlertStore.list(budgets, limit: Self.alertsShown, in: pool)
        }
    }

    /// How much of each budget is used this month, by its id.
    package func used(of budgets: [Budget], in scope: TenantScope?) async throws
        -> [UniqueID: Int128]
    {
        let period = BillingPeriod(containing: time.unixMilliseconds())
        let quantities = try await translatingErrors {
            try await BudgetStore.used(in: period, by: scope?.tenant, in: pool)
        }
        let prices = try await priceBook().book
        var used: [UniqueID: Int128] = [:]
        for budget in budgets {
            used[budget.id] = try budget.measure.sum(quantities[budget.tenant] ?? [:], prices)
        }
        return used
    }

    private static func noBudget(_ name: String) -> ServiceError {
        ServiceError(.notFound, "Budget [\(name)] not found")
    }
}

extension BudgetMeasure {
    /// How much of it quantities of meters are.
    func sum(_ quantities: [String: Int128], _ prices: PriceBook) throws(ServiceError) -> Int128 {
        switch self {
        case .meter(let meter): return quantities[meter.rawValue] ?? 0
        case .money:
            var sum = Money.zero
            for (meter, quantity) in quantities {
                sum = try sum.adding(prices.price(of: meter)?.cost(of: quantity) ?? .zero)
            }
            return sum.parts
        }
    }
}

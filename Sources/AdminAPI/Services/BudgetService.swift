import Access
import Billing
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC
import Usage

/// The methods of `tessera.admin.v1.BudgetService`.
struct BudgetService: Sendable {
    let controlPlane: ControlPlane
    let authoriser: Authoriser
    let key: ReceiptKey
    let webhooks: WebhookSender

    var endpoints: [any AdminEndpoint] {
        [
            Endpoint(.createBudget, create), Endpoint(.getBudget, get),
            Endpoint(.listBudgets, list), Endpoint(.deleteBudget, delete),
            Endpoint(.listAlerts, alerts),
        ]
    }

    @Sendable private func create(
        _ request: AdminCreateBudgetRequest, as principal: Principal
    ) async throws -> AdminCreateBudgetResponse {
        let scope = try await scope(request.parent, .createBudgets, principal)
        let draft = try BudgetDraft(
            name: request.budgetID, meter: request.meter, amount: request.amount,
            thresholds: request.thresholds.map(Int.init), webhook: request.webhookURL,
            isHard: request.hardStop, createdBy: "\(principal.credential)")
        if !request.webhookURL.isEmpty { try webhooks.check(request.webhookURL) }
        let budget = try await controlPlane.createBudget(draft, in: scope)
        let used = try await controlPlane.used(of: [budget], in: scope)
        return AdminCreateBudgetResponse.with {
            $0.budget = AdminBudget(budget, used: used[budget.id] ?? 0)
            if budget.webhookURL != nil {
                $0.webhookSecret = WebhookSecret(of: budget, key: key).text
            }
        }
    }

    @Sendable private func get(
        _ request: AdminGetBudgetRequest, as principal: Principal
    ) async throws -> AdminBudget {
        let (scope, name) = try await place(request.name, .getBudgets, principal)
        let budget = try await controlPlane.budget(name, in: scope)
        let used = try await controlPlane.used(of: [budget], in: scope)
        return AdminBudget(budget, used: used[budget.id] ?? 0)
    }

    @Sendable private func list(
        _ request: AdminListBudgetsRequest, as principal: Principal
    ) async throws -> AdminListBudgetsResponse {
        let scope = try await scope(request.parent, .listBudgets, principal)
        let budgets = try await controlPlane.budgets(in: scope)
        let used = try await controlPlane.used(of: budgets, in: scope)
        return AdminListBudgetsResponse.with {
            $0.budgets = budgets.map { AdminBudget($0, used: used[$0.id] ?? 0) }
        }
    }

    @Sendable private func delete(
        _ request: AdminDeleteBudgetRequest, as principal: Principal
    ) async throws -> Google_Protobuf_Empty {
        let (scope, name) = try await place(request.name, .deleteBudgets, principal)
        try await controlPlane.deleteBudget(name, in: scope)
        return Google_Protobuf_Empty()
    }

    @Sendable private func alerts(
        _ request: AdminListAlertsRequest, as principal: Principal
    ) async throws -> AdminListAlertsResponse {
        let scope = try await scope(request.parent, .listAlerts, principal)
        let alerts = try await controlPlane.alerts(in: scope)
        return AdminListAlertsResponse.with { $0.alerts = alerts.map(AdminAlert.init) }
    }
}

extension BudgetService {
    private func scope(
        _ parent: String, _ permission: Permission, _ principal: Principal
    ) async throws -> TenantScope {
        let name = try ResourceName(
            parsing: parent, field: "parent", as: [ResourceName.tenantShape])
        return try await authoriser.tenantScope(
            for: principal, permission, tenant: TenantName(name.segments[1]))
    }

    private func place(
        _ text: String, _ permission: Permission, _ principal: Principal
    ) async throws -> (TenantScope, String) {
        let name = try ResourceName(
            parsing: text, field: "name", as: [ResourceName.budgetShape])
        let scope = try await authoriser.tenantScope(
            for: principal, permission, tenant: TenantName(name.segments[1]))
        return (scope, name.segments[3])
    }
}

extension AdminCreateBudgetResponse: SecretAnswer {
    mutating func removeSecret() { webhookSecret = "" }
}

extension AdminBudget {
    fileprivate init(_ budget: Budget, used: Int128) {
        self.init()
        name = budget.resourceName
        if case .meter(let meter) = budget.measure { self.meter = meter.rawValue }
        amount = budget.measure.text(of: budget.amount)
        thresholds = budget.thresholds.map { Int32(clamping: $0) }
        webhookURL = budget.webhookURL ?? ""
        hardStop = budget.isHard
        createdBy = budget.createdBy
        createTime = Google_Protobuf_Timestamp(unixMilliseconds: budget.createdAtMilliseconds)
        self.used = budget.measure.text(of: used)
    }
}

extension AdminAlert {
    fileprivate init(_ alert: Alert) {
        self.init()
        let budget = alert.budget
        name =
            ResourceName("tenants", budget.tenantName.value, "alerts", "\(alert.id)").description
        self.budget = budget.resourceName
        period = "\(alert.period)"
        threshold = Int32(clamping: alert.threshold)
        used = budget.measure.text(of: alert.used)
        amount = budget.measure.text(of: budget.amount)
        fireTime = Google_Protobuf_Timestamp(unixMilliseconds: alert.firedAtMilliseconds)
        state = alert.state.rawValue
        attempts = Int32(clamping: alert.attempts)
        problem = alert.problem
    }
}

extension Budget {
    fileprivate var resourceName: String {
        ResourceName("tenants", tenantName.value, "budgets", name).description
    }
}

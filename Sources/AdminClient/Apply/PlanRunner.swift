import GRPCCore
import SwiftProtobuf
import TesseraRPC

/// Makes the changes of a plan, one after the other, until one is refused.
///
/// Each tenant is read again before its first change, and must be what the plan was made from.
/// Display name, labels and deletion go with its etag too; plans and overrides don't, for a step
/// before may have changed it, so that a change made between that reading and theirs, milliseconds
/// later, is written over.
package struct PlanRunner: Sendable {
    private let connection: AdminConnection

    package init(_ connection: AdminConnection) { self.connection = connection }

    /// - Throws: `CommandFailure` when a tenant was changed since; `RPCError` for a refusal, which
    ///   says how far it came.
    package func run(_ plan: ApplyPlan) async throws {
        let changes = plan.changes
        var made = 0
        for tenant in plan.tenants where !tenant.steps.isEmpty {
            try await check(tenant, made: made, of: changes.count)
            for step in tenant.steps {
                do { try await take(step, tenant.name) } catch let error as RPCError {
                    throw Self.explained(error, changes[made].resource, made, changes.count)
                }
                made += 1
            }
        }
    }

    private func check(_ plan: TenantPlan, made: Int, of total: Int) async throws {
        guard let installed = plan.installed else { return }
        guard try await TenantReader(connection).tenant(plan.name) == installed else {
            throw CommandFailure(
                TextTable.printable("\(ResourceName("tenants", plan.name))")
                    + " was changed by somebody else since the plan was made. "
                    + Self.progress(made, total))
        }
    }

    private static func explained(
        _ error: RPCError, _ resource: String, _ made: Int, _ total: Int
    ) -> RPCError {
        let meanwhile = [.aborted, .alreadyExists].contains(error.code)
        let cause = meanwhile ? " Somebody else changed it since the plan was made." : ""
        return RPCError(
            code: error.code,
            message: "\(resource): \(error.message)\(cause) \(progress(made, total))")
    }

    private static func progress(_ made: Int, _ total: Int) -> String {
        "\(made) of \(total) changes were made; run it again to see what is left."
    }
}

extension PlanRunner {
    private func take(_ step: ApplyStep, _ tenant: String) async throws {
        let name = ResourceName("tenants", tenant).description
        switch step {
        case .createTenant(let declared):
            let request = AdminCreateTenantRequest(declared)
            try await sureOfAnswer { _ = try await connection.tenants.createTenant(request) }
        case .updateTenant(let from, let displayName, let labels):
            _ = try await connection.tenants.updateTenant(
                AdminUpdateTenantRequest(from, displayName: displayName, labels: labels))
        case .changePlan(_, let plan):
            _ = try await connection.tenants.changeTenantPlan(
                .with {
                    $0.name = name
                    $0.plan = plan
                })
        case .createDatabase(let database):
            let request = AdminCreateDatabaseRequest(database, in: name)
            try await sureOfAnswer { _ = try await connection.databases.createDatabase(request) }
        case .setOverride(let override, _):
            _ = try await connection.quotas.createQuotaOverride(
                AdminCreateQuotaOverrideRequest(override, of: name))
        case .deleteTenant(let tenant):
            _ = try await connection.tenants.deleteTenant(
                .with {
                    $0.name = name
                    $0.etag = tenant.etag
                })
        }
    }

    /// Sends a request that has a request id once more when its answer was lost.
    private func sureOfAnswer(_ call: () async throws -> Void) async throws {
        do { try await call() } catch let error as RPCError where error.code == .unavailable {
            try await call()
        }
    }
}

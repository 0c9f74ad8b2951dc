import FoundationEssentials
import GRPCCore
import SwiftProtobuf
import TesseraRPC

/// Makes the changes of a plan, one after the other, until one is refused.
///
/// Each tenant is read again before its first change, and must be what the plan was made from.
/// Display name and labels go with its etag too; plans and overrides have none, so that a change
/// made between that reading and theirs, milliseconds later, is written over.
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
        case .createTenant(let declared): try await create(declared)
        case .updateTenant(let from, let displayName, let labels):
            try await update(from, displayName, labels)
        case .changePlan(_, let plan):
            _ = try await connection.tenants.changeTenantPlan(
                .with {
                    $0.name = name
                    $0.plan = plan
                })
        case .createDatabase(let database): try await create(database: database, in: name)
        case .setOverride(let override, _): try await set(override, of: name)
        }
    }

    private func create(_ declared: DeclaredTenant) async throws {
        let request = AdminCreateTenantRequest.with {
            $0.tenantID = declared.name
            $0.plan = declared.plan ?? ""
            $0.displayName = declared.displayName ?? ""
            $0.labels = declared.labels ?? [:]
            $0.requestID = Self.newRequestID()
        }
        try await sureOfAnswer { _ = try await connection.tenants.createTenant(request) }
    }

    private func update(
        _ tenant: AdminTenant, _ displayName: String?, _ labels: [String: String]?
    ) async throws {
        let request = AdminUpdateTenantRequest.with {
            $0.name = tenant.name
            $0.etag = tenant.etag
            $0.displayName = displayName ?? ""
            $0.labels = labels ?? [:]
            if displayName != nil { $0.updateMask.paths.append("display_name") }
            if labels != nil { $0.updateMask.paths.append("labels") }
        }
        _ = try await connection.tenants.updateTenant(request)
    }

    private func create(database: String, in tenant: String) async throws {
        let request = AdminCreateDatabaseRequest.with {
            $0.parent = tenant
            $0.databaseID = database
            $0.requestID = Self.newRequestID()
        }
        try await sureOfAnswer { _ = try await connection.databases.createDatabase(request) }
    }

    private func set(_ override: DeclaredOverride, of tenant: String) async throws {
        let request = AdminCreateQuotaOverrideRequest.with {
            $0.parent = override.parent(below: tenant)
            $0.usageType = override.usageType
            $0.limit = override.limit
            $0.reason = override.reason
            if let end = override.expireTime { $0.expireTime = end }
        }
        _ = try await connection.quotas.createQuotaOverride(request)
    }

    private static func newRequestID() -> String { UUID().uuidString.lowercased() }

    /// Sends a request that has a request id once more when its answer was lost.
    private func sureOfAnswer(_ call: () async throws -> Void) async throws {
        do { try await call() } catch let error as RPCError where error.code == .unavailable {
            try await call()
        }
    }
}

import GRPCCore
import SwiftProtobuf
import TesseraRPC

/// Reads from the server what a tenants file can declare.
package struct TenantReader: Sendable {
    private let connection: AdminConnection

    package init(_ connection: AdminConnection) { self.connection = connection }

    /// How the server differs from the file now.
    ///
    /// - Parameter prunes: whether tenants of the file's manager that it declares no more are
    ///   to be deleted.
    /// - Throws: `CommandFailure` for pruning without a manager; `RPCError`.
    package func plan(
        _ file: TenantsFile, prunes: Bool = false, now: Google_Protobuf_Timestamp
    ) async throws -> ApplyPlan {
        var plans: [TenantPlan] = []
        for declared in file.tenants {
            let installed = try await tenant(declared.name)
            plans.append(TenantPlan(declared, installed: installed, now: now))
        }
        return ApplyPlan(tenants: plans + (prunes ? try await pruned(file) : []))
    }

    private func pruned(_ file: TenantsFile) async throws -> [TenantPlan] {
        guard let manager = file.manager else {
            throw CommandFailure(
                "--prune needs a `manager` in the file: only tenants that it labelled are deleted.")
        }
        var plans: [TenantPlan] = []
        for name in try await tenants(of: manager) where !file.declares(name) {
            guard let installed = try await tenant(name) else { continue }
            plans.append(TenantPlan(pruning: installed, named: name))
        }
        return plans
    }

    /// The names of the tenants with the manager's label. The server's filter narrows the list
    /// down; the label is compared here once more, by bytes, before anything is deleted.
    private func tenants(of manager: String) async throws -> [String] {
        let label = TenantsFile.managerLabel
        let all = try await everyPage { token in
            let response = try await connection.tenants.listTenants(
                .with {
                    $0.filter = "labels.\(label)=\(manager)"
                    $0.pageToken = token
                })
            return (response.tenants, response.nextPageToken)
        }
        return all.filter {
            $0.labels[label].map { ByteName(value: $0) } == ByteName(value: manager)
        }.map { lastSegment(of: $0.name) }
    }

    /// nil when there is no such tenant.
    func tenant(_ name: String) async throws -> InstalledTenant? {
        let resource = ResourceName("tenants", name).description
        do {
            let tenant = try await connection.tenants.getTenant(.with { $0.name = resource })
            return InstalledTenant(
                tenant: tenant, databases: try await databases(resource),
                overrides: try await connection.quotas.listQuotaOverrides(
                    .with { $0.parent = resource }
                ).quotaOverrides)
        } catch let error as RPCError where error.code == .notFound { return nil }
    }

    private func databases(_ parent: String) async throws -> [AdminDatabase] {
        try await everyPage { token in
            let response = try await connection.databases.listDatabases(
                .with {
                    $0.parent = parent
                    $0.pageToken = token
                })
            return (response.databases, response.nextPageToken)
        }
    }
}

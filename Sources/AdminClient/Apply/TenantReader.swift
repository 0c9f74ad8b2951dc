import GRPCCore
import SwiftProtobuf
import TesseraRPC

/// Reads from the server what a tenants file can declare.
package struct TenantReader: Sendable {
    private let connection: AdminConnection

    package init(_ connection: AdminConnection) { self.connection = connection }

    /// How the server differs from the file now.
    ///
    /// - Throws: `RPCError`.
    package func plan(
        _ file: TenantsFile, now: Google_Protobuf_Timestamp
    ) async throws -> ApplyPlan {
        var plans: [TenantPlan] = []
        for declared in file.tenants {
            let installed = try await tenant(declared.name)
            plans.append(TenantPlan(declared, installed: installed, now: now))
        }
        return ApplyPlan(tenants: plans)
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

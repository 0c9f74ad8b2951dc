import Access
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC

/// The methods of `tessera.admin.v1.TenantService`. The gate has checked the caller's permission.
struct TenantService: Sendable {
    let controlPlane: ControlPlane
    let authoriser: Authoriser

    var endpoints: [any AdminEndpoint] {
        [
            Endpoint(.createTenant, create), Endpoint(.getTenant, get),
            Endpoint(.listTenants, list), Endpoint(.deleteTenant, delete),
            Endpoint(.changeTenantPlan, changePlan),
        ]
    }

    @Sendable private func create(
        _ request: AdminCreateTenantRequest, as principal: Principal
    ) async throws -> AdminTenant {
        let plan = request.plan.isEmpty ? controlPlane.defaultPlan : try Plan.named(request.plan)
        let record = try await controlPlane.createTenant(
            named: TenantName(request.tenantID), on: plan)
        return AdminTenant(record)
    }

    @Sendable private func get(
        _ request: AdminGetTenantRequest, as principal: Principal
    ) async throws -> AdminTenant {
        let scope = try await scope(request.name, .getTenants, principal)
        guard let record = try await controlPlane.tenant(named: scope.tenantName) else {
            throw ServiceError(.notFound, "Tenant [\(scope.tenantName)] not found")
        }
        return AdminTenant(record)
    }

    @Sendable private func list(
        _ request: AdminListTenantsRequest, as principal: Principal
    ) async throws -> AdminListTenantsResponse {
        let page = try await controlPlane.listTenants(
            PageRequest(sizeMax: Int(request.pageSize), token: request.pageToken))
        return AdminListTenantsResponse.with {
            $0.tenants = page.items.map(AdminTenant.init)
            $0.nextPageToken = page.nextToken ?? ""
        }
    }

    @Sendable private func delete(
        _ request: AdminDeleteTenantRequest, as principal: Principal
    ) async throws -> Google_Protobuf_Empty {
        try await controlPlane.deleteTenant(in: scope(request.name, .deleteTenants, principal))
        return Google_Protobuf_Empty()
    }

    @Sendable private func changePlan(
        _ request: AdminChangeTenantPlanRequest, as principal: Principal
    ) async throws -> AdminTenant {
        let scope = try await scope(request.name, .assignPlans, principal)
        return AdminTenant(
            try await controlPlane.changePlan(to: Plan.named(request.plan), in: scope))
    }

    private func scope(
        _ name: String, _ permission: Permission, _ principal: Principal
    ) async throws -> TenantScope {
        let name = try ResourceName(parsing: name, field: "name", as: [ResourceName.tenantShape])
        return try await authoriser.tenantScope(
            for: principal, permission, tenant: TenantName(name.segments[1]))
    }
}

import Access
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC

/// The methods of `tessera.admin.v1.QuotaService`.
struct QuotaService: Sendable {
    let controlPlane: ControlPlane
    let authoriser: Authoriser

    var endpoints: [any AdminEndpoint] {
        [
            Endpoint(.getQuotas, get), Endpoint(.createQuotaOverride, create),
            Endpoint(.listQuotaOverrides, list), Endpoint(.deleteQuotaOverride, delete),
            Endpoint(.listPlans, plans),
        ]
    }

    @Sendable private func get(
        _ request: AdminGetQuotasRequest, as principal: Principal
    ) async throws -> AdminGetQuotasResponse {
        let place = try await place(request.parent, .getQuotas, principal)
        let used = try await controlPlane.used(in: place.tenant)
        return AdminGetQuotasResponse.with {
            $0.plan = place.quotas.plan.rawValue
            $0.quotas = UsageType.allCases.map { usage in
                AdminQuota(usage, place.quotas, used: used[usage])
            }
        }
    }

    @Sendable private func create(
        _ request: AdminCreateQuotaOverrideRequest, as principal: Principal
    ) async throws -> AdminQuotaOverride {
        let place = try await place(request.parent, .createOverrides, principal)
        let override = try await controlPlane.setQuotaOverride(
            QuotaOverrideDraft(request, by: principal), of: place.database, in: place.tenant,
            ifEtag: request.etag.isEmpty ? nil : request.etag)
        return AdminQuotaOverride(override, of: place.tenant.tenantName)
    }

    @Sendable private func list(
        _ request: AdminListQuotaOverridesRequest, as principal: Principal
    ) async throws -> AdminListQuotaOverridesResponse {
        let name = try ResourceName(
            parsing: request.parent, field: "parent", as: [ResourceName.tenantShape])
        let scope = try await authoriser.tenantScope(
            for: principal, .listOverrides, tenant: TenantName(name.segments[1]))
        let overrides = try await controlPlane.quotaOverrides(of: scope.tenant)
        return AdminListQuotaOverridesResponse.with {
            $0.quotaOverrides = overrides.map { AdminQuotaOverride($0, of: scope.tenantName) }
        }
    }

    @Sendable private func delete(
        _ request: AdminDeleteQuotaOverrideRequest, as principal: Principal
    ) async throws -> Google_Protobuf_Empty {
        let name = try ResourceName(
            parsing: request.name, field: "name",
            as: [ResourceName.tenantOverrideShape, ResourceName.databaseOverrideShape])
        let place = try await place(
            segments: Array(name.segments.dropLast(2)), .deleteOverrides, principal)
        try await controlPlane.removeQuotaOverride(
            of: UsageType.named(name.segments[name.segments.count - 1]),
            database: place.database?.database, in: place.tenant,
            ifEtag: request.etag.isEmpty ? nil : request.etag)
        return Google_Protobuf_Empty()
    }

    @Sendable private func plans(
        _ request: AdminListPlansRequest, as principal: Principal
    ) async throws -> AdminListPlansResponse {
        AdminListPlansResponse.with { $0.plans = Plan.allCases.map(AdminPlan.init) }
    }
}

extension QuotaService {
    /// A tenant, or a database of it.
    private struct Place {
        let tenant: TenantScope
        let database: DatabaseScope?

        var quotas: EffectiveQuotas { database?.quotas ?? tenant.quotas }
    }

    private func place(
        _ parent: String, _ permission: Permission, _ principal: Principal
    ) async throws -> Place {
        let name = try ResourceName(
            parsing: parent, field: "parent",
            as: [ResourceName.tenantShape, ResourceName.databaseShape])
        return try await place(segments: name.segments, permission, principal)
    }

    /// - Parameter segments: of a tenant's or a database's name.
    private func place(
        segments: [String], _ permission: Permission, _ principal: Principal
    ) async throws -> Place {
        let tenant = TenantName(segments[1])
        guard segments.count == 4 else {
            return Place(
                tenant: try await authoriser.tenantScope(
                    for: principal, permission, tenant: tenant),
                database: nil)
        }
        let scope = try await authoriser.databaseScope(
            for: principal, permission, tenant: tenant, database: DatabaseName(segments[3]))
        return Place(tenant: scope.tenantScope, database: scope)
    }
}

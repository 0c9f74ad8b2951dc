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
            Endpoint(.listTenants, list), Endpoint(.updateTenant, update),
            Endpoint(.changeTenantPlan, changePlan),
            Endpoint(.suspendTenant, suspend), Endpoint(.resumeTenant, resume),
            Endpoint(.deleteTenant, delete), Endpoint(.undeleteTenant, undelete),
            Endpoint(.purgeTenant, purge),
        ]
    }

    @Sendable private func create(
        _ request: AdminCreateTenantRequest, as principal: Principal
    ) async throws -> AdminTenant {
        let plan = request.plan.isEmpty ? controlPlane.defaultPlan : try Plan.named(request.plan)
        let record = try await controlPlane.createTenant(
            named: TenantName(request.tenantID), on: plan,
            profile: TenantProfile(displayName: request.displayName, labels: request.labels))
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
            PageRequest(sizeMax: Int(request.pageSize), token: request.pageToken),
            TenantSelection(filter: request.filter, showsDeleted: request.showDeleted))
        return AdminListTenantsResponse.with {
            $0.tenants = page.items.map(AdminTenant.init)
            $0.nextPageToken = page.nextToken ?? ""
        }
    }

    @Sendable private func update(
        _ request: AdminUpdateTenantRequest, as principal: Principal
    ) async throws -> AdminTenant {
        let fields = try request.maskedFields
        let record = try await controlPlane.updateTenant(
            in: scope(request.name, .updateTenants, principal),
            ifRevision: Etag.revision(request.etag)
        ) { profile in
            if fields.contains(.displayName) { profile.displayName = request.displayName }
            if fields.contains(.labels) { profile.labels = request.labels }
        }
        return AdminTenant(record)
    }

    @Sendable private func changePlan(
        _ request: AdminChangeTenantPlanRequest, as principal: Principal
    ) async throws -> AdminTenant {
        let scope = try await scope(request.name, .assignPlans, principal)
        return AdminTenant(
            try await controlPlane.changePlan(
                to: Plan.named(request.plan), in: scope, ifRevision: Etag.revision(request.etag)))
    }

    @Sendable private func suspend(
        _ request: AdminSuspendTenantRequest, as principal: Principal
    ) async throws -> AdminTenant {
        AdminTenant(
            try await controlPlane.suspendTenant(
                in: scope(request.name, .suspendTenants, principal), reason: request.reason,
                ifRevision: Etag.revision(request.etag)))
    }

    @Sendable private func resume(
        _ request: AdminResumeTenantRequest, as principal: Principal
    ) async throws -> AdminTenant {
        AdminTenant(
            try await controlPlane.resumeTenant(
                in: scope(request.name, .resumeTenants, principal),
                ifRevision: Etag.revision(request.etag)))
    }

    @Sendable private func delete(
        _ request: AdminDeleteTenantRequest, as principal: Principal
    ) async throws -> AdminTenant {
        AdminTenant(
            try await controlPlane.deleteTenant(
                in: scope(request.name, .deleteTenants, principal),
                ifRevision: Etag.revision(request.etag)))
    }

    @Sendable private func undelete(
        _ request: AdminUndeleteTenantRequest, as principal: Principal
    ) async throws -> AdminTenant {
        AdminTenant(
            try await controlPlane.undeleteTenant(deleted(request.name, uid: request.uid)))
    }

    @Sendable private func purge(
        _ request: AdminPurgeTenantRequest, as principal: Principal
    ) async throws -> Google_Protobuf_Empty {
        try await controlPlane.purgeTenant(deleted(request.name, uid: request.uid))
        return Google_Protobuf_Empty()
    }
}

extension TenantService {
    private func scope(
        _ name: String, _ permission: Permission, _ principal: Principal
    ) async throws -> TenantScope {
        try await authoriser.tenantScope(
            for: principal, permission, tenant: tenantName(name))
    }

    /// Only operators come here, whose gate asks for no tenant.
    private func deleted(_ name: String, uid: String) throws(ServiceError) -> DeletedTenant {
        let id = UniqueID(uid).map { TenantID($0) }
        guard uid.isEmpty || id != nil else {
            throw .invalid("uid must be a UUID, as a list with show_deleted shows it.")
        }
        return DeletedTenant(name: try tenantName(name), id: id)
    }

    private func tenantName(_ name: String) throws(ServiceError) -> TenantName {
        let name = try ResourceName(parsing: name, field: "name", as: [ResourceName.tenantShape])
        return TenantName(name.segments[1])
    }
}

/// What an update of a tenant may change. The raw value is the field's name in the proto.
private enum TenantField: String, CaseIterable {
    case displayName = "display_name"
    case labels
}

extension AdminUpdateTenantRequest {
    /// The fields to set. Throws `invalidArgument` for one that can't be.
    fileprivate var maskedFields: Set<TenantField> {
        get throws(ServiceError) {
            guard !updateMask.paths.isEmpty else { return given }
            var fields: Set<TenantField> = []
            for path in updateMask.paths {
                guard let field = TenantField(rawValue: path) else {
                    let words = TenantField.allCases.map(\.rawValue).joined(separator: ", ")
                    throw .invalid("update_mask takes \(words); the rest of a tenant is fixed.")
                }
                fields.insert(field)
            }
            return fields
        }
    }

    private var given: Set<TenantField> {
        var fields: Set<TenantField> = []
        if !displayName.isEmpty { fields.insert(.displayName) }
        if !labels.isEmpty { fields.insert(.labels) }
        return fields
    }
}

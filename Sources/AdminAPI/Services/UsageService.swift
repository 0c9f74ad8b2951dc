import Access
import Billing
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC
import Usage

/// Query and export of `tessera.admin.v1.UsageService`.
struct UsageService: Sendable {
    let controlPlane: ControlPlane
    let places: UsagePlaces

    var endpoints: [any AdminEndpoint] {
        [Endpoint(.queryUsage, query), StreamEndpoint(.exportUsage, export)]
    }

    @Sendable private func query(
        _ request: AdminQueryUsageRequest, as principal: Principal
    ) async throws -> AdminQueryUsageResponse {
        let place = try await places.place(of: request.parent, .queryUsage, principal)
        let selection = try UsageFilter(request).selection(
            of: place.tenant, window: .day, atMilliseconds: controlPlane.nowMilliseconds)
        let page = try await controlPlane.queryUsage(
            selection, page: PageRequest(sizeMax: Int(request.pageSize), token: request.pageToken))
        let prices = try await controlPlane.priceBook().book
        return try AdminQueryUsageResponse.with {
            $0.usage = try page.items.map { try AdminUsage($0, prices) }
            $0.nextPageToken = page.nextToken ?? ""
        }
    }

    @Sendable private func export(
        _ request: AdminExportUsageRequest, as principal: Principal
    ) async throws -> ByteStream {
        let place = try await places.place(of: request.parent, .exportUsage, principal)
        return try await controlPlane.exportStream(
            request, of: place.tenant, atMilliseconds: controlPlane.nowMilliseconds)
    }
}

/// Whose usage a call is about.
enum UsagePlace: Sendable {
    case everyone
    case tenant(TenantScope)

    var tenant: TenantID? {
        guard case .tenant(let scope) = self else { return nil }
        return scope.tenant
    }

    /// As in a resource name.
    var segment: String {
        guard case .tenant(let scope) = self else { return UsagePlaces.everyone }
        return scope.tenantName.value
    }
}

/// Reads `tenants/acme` and `tenants/-`, and says who may.
struct UsagePlaces: Sendable {
    /// What stands for all tenants (AIP-159). No tenant's name is so short.
    static let everyone = "-"

    let authoriser: Authoriser

    func place(
        of parent: String, _ permission: Permission, _ principal: Principal
    ) async throws -> UsagePlace {
        let name = try ResourceName(
            parsing: parent, field: "parent", as: [ResourceName.tenantShape])
        return try await place(ofTenant: name.segments[1], permission, principal)
    }

    func place(
        ofTenant tenant: String, _ permission: Permission, _ principal: Principal
    ) async throws -> UsagePlace {
        if tenant == Self.everyone {
            guard principal.role == .operator else { throw ServiceError.adminDenied }
            return .everyone
        }
        return .tenant(
            try await authoriser.tenantScope(
                for: principal, permission, tenant: TenantName(tenant)))
    }
}

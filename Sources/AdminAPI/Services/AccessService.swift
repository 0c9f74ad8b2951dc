import Access
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC

/// The methods of `tessera.admin.v1.AccessService`.
struct AccessService: Sendable {
    let authoriser: Authoriser

    var endpoints: [any AdminEndpoint] { [Endpoint(.testPermissions, test)] }

    @Sendable private func test(
        _ request: AdminTestPermissionsRequest, as principal: Principal
    ) async throws -> AdminTestPermissionsResponse {
        try await checkReach(of: request.resource, principal)
        let asked = try Self.asked(request.permissions)
        let held = authoriser.permissionNames(of: principal)
        return .with { $0.permissions = held.filter { asked?.contains($0) ?? true } }
    }

    /// Throws what any look at the resource throws, when it isn't there for the caller.
    private func checkReach(of text: String, _ principal: Principal) async throws {
        let name = try ResourceName(
            parsing: text, field: "resource",
            as: [ResourceName.tenantShape, ResourceName.databaseShape])
        let tenant = TenantName(name.segments[1])
        guard name.segments.count == 4 else {
            _ = try await authoriser.tenantScope(for: principal, .testAccess, tenant: tenant)
            return
        }
        _ = try await authoriser.databaseScope(
            for: principal, .testAccess, tenant: tenant,
            database: DatabaseName(name.segments[3]))
    }

    /// nil asks about all. Throws `invalidArgument` for a name that is no permission.
    private static func asked(_ names: [String]) throws(ServiceError) -> Set<String>? {
        let known = Set(Authoriser.permissionNames)
        if let stranger = names.first(where: { !known.contains($0) }) {
            throw .invalid(
                "\(stranger) is no permission; leave permissions out to see those you have.")
        }
        return names.isEmpty ? nil : Set(names)
    }
}

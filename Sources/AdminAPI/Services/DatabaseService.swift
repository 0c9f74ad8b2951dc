import Access
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC

/// The methods of `tessera.admin.v1.DatabaseService`.
struct DatabaseService: Sendable {
    let controlPlane: ControlPlane
    let authoriser: Authoriser

    var endpoints: [any AdminEndpoint] {
        [
            Endpoint(.createDatabase, create), Endpoint(.getDatabase, get),
            Endpoint(.listDatabases, list), Endpoint(.deleteDatabase, delete),
        ]
    }

    @Sendable private func create(
        _ request: AdminCreateDatabaseRequest, as principal: Principal
    ) async throws -> AdminDatabase {
        let scope = try await tenant(request.parent, .createDatabases, principal)
        let record = try await controlPlane.createDatabase(
            named: DatabaseName(request.databaseID), in: scope)
        return AdminDatabase(record)
    }

    @Sendable private func get(
        _ request: AdminGetDatabaseRequest, as principal: Principal
    ) async throws -> AdminDatabase {
        let scope = try await database(request.name, .getDatabases, principal)
        guard
            let record = try await controlPlane.database(
                named: scope.databaseName, of: scope.tenant)
        else { throw ServiceError(.notFound, "Database [\(scope.databaseName)] not found") }
        return AdminDatabase(record)
    }

    @Sendable private func list(
        _ request: AdminListDatabasesRequest, as principal: Principal
    ) async throws -> AdminListDatabasesResponse {
        let scope = try await tenant(request.parent, .listDatabases, principal)
        let page = try await controlPlane.listDatabases(
            in: scope,
            page: PageRequest(sizeMax: Int(request.pageSize), token: request.pageToken))
        let visible = page.items.filter { principal.databases?.contains($0.name) ?? true }
        return AdminListDatabasesResponse.with {
            $0.databases = visible.map(AdminDatabase.init)
            $0.nextPageToken = page.nextToken ?? ""
        }
    }

    @Sendable private func delete(
        _ request: AdminDeleteDatabaseRequest, as principal: Principal
    ) async throws -> Google_Protobuf_Empty {
        try await controlPlane.deleteDatabase(
            in: database(request.name, .deleteDatabases, principal),
            ifRevision: Etag.revision(request.etag))
        return Google_Protobuf_Empty()
    }

    private func tenant(
        _ parent: String, _ permission: Permission, _ principal: Principal
    ) async throws -> TenantScope {
        let name = try ResourceName(
            parsing: parent, field: "parent", as: [ResourceName.tenantShape])
        return try await authoriser.tenantScope(
            for: principal, permission, tenant: TenantName(name.segments[1]))
    }

    private func database(
        _ name: String, _ permission: Permission, _ principal: Principal
    ) async throws -> DatabaseScope {
        let name = try ResourceName(parsing: name, field: "name", as: [ResourceName.databaseShape])
        return try await authoriser.databaseScope(
            for: principal, permission, tenant: TenantName(name.segments[1]),
            database: DatabaseName(name.segments[3]))
    }
}

import Access
import ChromaModel
import ChromaWire
import HTTPTypes

/// Databases (protocol §1.4).
struct DatabaseRoutes: Sendable {
    let directory: any TenantDirectory

    var routes: [Route] {
        [
            Route(
                .post, PathStem.databases, .tenant(.createDatabase, create),
                RouteDescription("create_database", "Makes a database.", takes: .createDatabase)),
            Route(
                .get, PathStem.databases, .tenant(.listDatabases, list),
                RouteDescription(
                    "list_databases", "Lists databases in order of creation.",
                    query: [.limit, .offset], answers: .list(.named(.database)))),
            Route(
                .get, PathStem.database, .database(.getDatabase, get),
                RouteDescription("get_database", "Shows a database.", answers: .named(.database))),
            Route(
                .delete, PathStem.database, .database(.deleteDatabase, delete),
                RouteDescription("delete_database", "Deletes a database and all its collections.")),
        ]
    }

    private func create(_ call: Call, _ principal: Principal, _ scope: TenantScope) throws
        -> Operation
    {
        let body = try CreateDatabaseBody.parse(call.body)
        return { [directory] in
            _ = try await directory.createDatabase(named: body.name, in: scope)
            return .done()
        }
    }

    private func list(_ call: Call, _ principal: Principal, _ scope: TenantScope) throws
        -> Operation
    {
        let offset = try call.query.unsigned("offset") ?? 0
        let limit = try call.query.unsigned("limit")
        return { [directory] in
            let databases = try await directory.databases(
                principal, in: scope, offset: offset, limit: limit)
            return Reply(bytesExpected: 128 * databases.count + 2) {
                DatabaseResponse.write(
                    list: databases.map { ($0.id, $0.name) }, tenant: scope.tenantName,
                    into: &$0)
            }
        }
    }

    private func get(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        guard let scope else {
            throw ServiceError(
                .notFound, "Database [\(call.path.database)] not found. Are you sure it exists?")
        }
        return {
            Reply {
                DatabaseResponse.write(
                    id: scope.database, name: scope.databaseName, tenant: scope.tenantName,
                    into: &$0)
            }
        }
    }

    private func delete(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        guard let scope else {
            throw ServiceError(.notFound, "Database [\(call.path.database)] not found")
        }
        return { [directory] in
            try await directory.deleteDatabase(in: scope)
            return .done()
        }
    }
}

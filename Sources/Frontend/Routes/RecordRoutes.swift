import Access
import ChromaModel
import ChromaWire
import HTTPTypes
import NIOCore
import TenantEngine

/// Records: the data routes (protocol §1.6).
struct RecordRoutes: Sendable {
    let engines: any EngineClient
    private let policies = IndexPolicyCache()

    init(engines: any EngineClient) { self.engines = engines }

    var routes: [Route] {
        [
            route("/add", .add, write(.add)), route("/upsert", .upsert, write(.upsert)),
            route("/update", .update, write(.update)), route("/delete", .delete, delete),
            route("/get", .get, get), route("/query", .query, query),
            Route(.get, PathStem.collection + "/count", .database(.count, count)),
        ]
    }

    private func route(
        _ path: String, _ action: Action,
        _ function: @escaping @Sendable (Call, DatabaseScope?) throws -> Operation
    ) -> Route {
        Route(.post, PathStem.collection + path, body: .json, .database(action, function))
    }

    private func write(
        _ operation: WriteOperation
    ) -> @Sendable (Call, DatabaseScope?) throws -> Operation {
        { [engines] call, scope in
            let id = try call.collectionID()
            let batch = try RecordBatchBody.parse(call.body, operation: operation)
            let scope = try scope.holding(id)
            return {
                try await engines.write(batch, as: operation, to: id, in: scope)
                return .done(operation == .add ? .created : .ok)
            }
        }
    }

    private func delete(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        let id = try call.collectionID()
        let body = try DeleteBody.parse(call.body)
        let scope = try scope.holding(id)
        return { [engines, policies] in
            try await policies.check(body.selection, of: id, in: scope, engines)
            let count = try await engines.delete(
                body.selection, limit: body.limit, from: id, in: scope)
            return Reply { SystemResponse.write(deleted: count, into: &$0) }
        }
    }

    private func get(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        let id = try call.collectionID()
        let body = try GetBody.parse(call.body)
        let scope = try scope.holding(id)
        return { [engines, policies] in
            try await policies.check(body.request.selection, of: id, in: scope, engines)
            let records = try await engines.get(body.request, from: id, in: scope)
            return Reply(bytesExpected: records.bytesExpected) {
                GetResponse.write(records: records, include: body.include, into: &$0)
            }
        }
    }

    private func query(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        let id = try call.collectionID()
        let body = try QueryBody.parse(call.body)
        let scope = try scope.holding(id)
        return { [engines, policies] in
            try await policies.check(body.request.selection, of: id, in: scope, engines)
            let lists = try await engines.query(body.request, in: id, in: scope)
            return Reply(bytesExpected: lists.reduce(0) { $0 + $1.bytesExpected }) {
                QueryResponse.write(results: lists, include: body.include, into: &$0)
            }
        }
    }

    private func count(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        let id = try call.collectionID()
        let level = try call.query.word("read_level", ReadLevel.self) ?? .indexAndLog
        let scope = try scope.holding(id)
        return { [engines] in
            let count = try await engines.count(id, at: level, in: scope)
            return Reply { SystemResponse.write(integer: count, into: &$0) }
        }
    }
}

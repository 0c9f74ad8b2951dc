import Access
import ChromaModel
import ChromaWire
import HTTPTypes
import NIOCore
import TenantEngine
import Usage

/// Records: the data routes (protocol §1.6).
struct RecordRoutes: Sendable {
    let engines: any EngineClient
    let policies: IndexPolicyCache

    var routes: [Route] { writing + reading }

    private var writing: [Route] {
        [
            Route(
                .post, PathStem.collection + "/add", .database(.add, write(.add)),
                RouteDescription(
                    "add", "Adds records; ids that exist are left as they are.",
                    takes: .write, status: .created)),
            Route(
                .post, PathStem.collection + "/upsert", .database(.upsert, write(.upsert)),
                RouteDescription("upsert", "Adds or changes records.", takes: .write)),
            Route(
                .post, PathStem.collection + "/update", .database(.update, write(.update)),
                RouteDescription(
                    "update", "Changes records; ids that don't exist are left out.",
                    takes: .update)),
            Route(
                .post, PathStem.collection + "/delete", .database(.delete, delete),
                RouteDescription(
                    "delete", "Deletes the selected records.",
                    takes: .delete, answers: .named(.deleted))),
        ]
    }

    private var reading: [Route] {
        [
            Route(
                .post, PathStem.collection + "/get", .database(.get, get),
                RouteDescription(
                    "get", "Shows the selected records in order of insertion.",
                    takes: .get, answers: .named(.getResult))),
            Route(
                .post, PathStem.collection + "/query", .database(.query, query),
                RouteDescription(
                    "query", "Finds the records nearest to each embedding.",
                    takes: .query, answers: .named(.queryResult))),
            Route(
                .get, PathStem.collection + "/count", .database(.count, count),
                RouteDescription(
                    "count", "Counts the records.", query: [.readLevel], answers: .integer)),
        ]
    }

    private func write(
        _ operation: WriteOperation
    ) -> @Sendable (Call, DatabaseScope?) throws -> Operation {
        { [engines] call, scope in
            let id = try call.collectionID()
            let batch = try RecordBatchBody.parse(call.body, operation: operation)
            let scope = try scope.holding(id)
            try scope.quotas.check(batch, for: QuotaAction(operation))
            return {
                try await engines.write(batch, as: operation, to: id, in: scope)
                return .done(operation == .add ? .created : .ok)
                    .charging(RequestCharge(writeTo: id, in: scope))
            }
        }
    }

    private func delete(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        let id = try call.collectionID()
        let body = try DeleteBody.parse(call.body)
        let scope = try scope.holding(id)
        try scope.quotas.check(body.selection, for: .delete)
        return { [engines, policies] in
            try await policies.check(body.selection, of: id, in: scope, engines)
            let charge = try await engines.charge(forDeleting: body.selection, from: id, in: scope)
            let count = try await engines.delete(
                body.selection, limit: body.limit, from: id, in: scope)
            return Reply { SystemResponse.write(deleted: count, into: &$0) }.charging(charge)
        }
    }

    private func get(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        let id = try call.collectionID()
        let body = try GetBody.parse(call.body)
        let scope = try scope.holding(id)
        let request = try scope.quotas.admitted(body.request)
        return { [engines, policies] in
            try await policies.check(request.selection, of: id, in: scope, engines)
            let records = try await engines.get(request, from: id, in: scope)
            return Reply(bytesExpected: records.bytesExpected) {
                GetResponse.write(records: records, include: body.include, into: &$0)
            }.charging(
                try await engines.charge(
                    for: request.selection, of: id, in: scope,
                    returnedBytes: records.logicalBytes))
        }
    }

    private func query(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        let id = try call.collectionID()
        let body = try QueryBody.parse(call.body)
        let scope = try scope.holding(id)
        try scope.quotas.check(body.request)
        return { [engines, policies] in
            try await policies.check(body.request.selection, of: id, in: scope, engines)
            let lists = try await engines.query(body.request, in: id, in: scope)
            return Reply(bytesExpected: lists.reduce(0) { $0 + $1.bytesExpected }) {
                QueryResponse.write(results: lists, include: body.include, into: &$0)
            }.charging(
                try await engines.charge(
                    for: body.request.selection, embeddings: body.request.embeddings.rowCount,
                    of: id, in: scope, returnedBytes: lists.reduce(0) { $0 + $1.logicalBytes }))
        }
    }

    private func count(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        let id = try call.collectionID()
        let level = try call.query.word("read_level", ReadLevel.self) ?? .indexAndLog
        let scope = try scope.holding(id)
        return { [engines] in
            let count = try await engines.count(id, at: level, in: scope)
            return Reply { SystemResponse.write(integer: count, into: &$0) }
                .charging(try await engines.charge(forCounting: id, at: level, in: scope))
        }
    }
}

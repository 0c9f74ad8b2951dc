import Access
import ChromaModel
import ChromaWire
import HTTPTypes
import TenantEngine
import Usage

/// Transactions: reads with a token, and a commit that holds if nothing changed since
/// (protocol §1.9).
struct TransactionRoutes: Sendable {
    let engines: any EngineClient
    let policies: IndexPolicyCache
    let authoriser: Authoriser

    var routes: [Route] {
        [
            Route(
                .post, PathStem.collection + "/conditional/get", .database(.get, get),
                RouteDescription(
                    "conditional_get", "Shows records and a token for what was read.",
                    takes: .conditionalGet, answers: .named(.conditionalGetResult))),
            Route(
                .post, PathStem.collection + "/conditional/commit",
                .oneOf(.upsert, [.add, .update, .delete], commit),
                RouteDescription(
                    "conditional_commit", "Makes all changes if nothing that was read changed.",
                    takes: .conditionalCommit, answers: .named(.commitResult))),
        ]
    }

    private func get(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        let id = try call.collectionID()
        let body = try ConditionalGetBody.parse(call.body)
        let scope = try scope.holding(id)
        let request = try scope.quotas.admitted(body.get.request)
        return { [engines, policies] in
            try await policies.check(request.selection, of: id, in: scope, engines)
            let (records, token) = try await engines.get(
                request, asOf: body.readToken, from: id, in: scope)
            return Reply(bytesExpected: records.bytesExpected) {
                GetResponse.write(
                    records: records, include: body.get.include, readToken: token, into: &$0)
            }.charging(
                try await engines.charge(
                    for: request.selection, of: id, in: scope,
                    returnedBytes: records.logicalBytes))
        }
    }

    /// The caller must be allowed every kind of change that the transaction makes.
    private func commit(_ call: Call, _ principal: Principal, _ scope: DatabaseScope?) throws
        -> Operation
    {
        let id = try call.collectionID()
        let transaction = try ConditionalCommitBody.parse(call.body).transaction
        for change in transaction.changes { try authoriser.authorise(principal, change.action) }
        let scope = try scope.holding(id)
        try scope.quotas.check(transaction)
        return { [engines] in
            let position = try await engines.commit(transaction, to: id, in: scope)
            return Reply {
                CommitResponse.write(
                    position: position, recordCount: transaction.recordCount, into: &$0)
            }.charging(RequestCharge(writeTo: id, in: scope))
        }
    }
}

extension RecordChange {
    fileprivate var action: Action {
        switch self {
        case .write(.add, _): .add
        case .write(.update, _): .update
        case .write(.upsert, _): .upsert
        case .write(.delete, _), .delete: .delete
        }
    }
}

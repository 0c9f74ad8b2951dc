import Access
import ChromaModel
import ChromaWire
import HTTPTypes
import TenantEngine

/// Forks (protocol §1.7).
struct ForkRoutes: Sendable {
    let engines: any EngineClient
    let replies: CollectionReplies

    var routes: [Route] {
        [
            Route(
                .post, PathStem.collection + "/fork", .database(.forkCollection, fork),
                RouteDescription(
                    "fork_collection", "Makes a collection with the records of this one.",
                    takes: .fork, answers: .named(.collection))),
            Route(
                .get, PathStem.collection + "/fork_count", .database(.countForks, count),
                RouteDescription(
                    "fork_count", "Counts the forks of the collection's whole tree.",
                    answers: .named(.forkCount))),
        ]
    }

    private func fork(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        let id = try call.collectionID()
        let body = try ForkBody.parse(call.body)
        try Self.checkRegion(call.path.database)
        let scope = try scope.holding(id)
        try scope.quotas.check(name: body.newName, for: .forkCollection)
        return { [engines, replies] in
            let state = try await engines.forkCollection(id, as: body.newName, in: scope)
            return try replies.one(state, in: scope)
        }
    }

    private func count(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        let id = try call.collectionID()
        let scope = try scope.holding(id)
        return { [engines] in
            let count = try await engines.forkCount(id, in: scope)
            return Reply { CollectionStatusResponse.write(forkCount: count, into: &$0) }
        }
    }

    /// A name of two parts is a database of several regions.
    private static func checkRegion(_ database: DatabaseName) throws {
        guard database.value.utf8.contains(UInt8(ascii: "+")) else { return }
        throw ServiceError.invalid("Collection forking is not supported for multi-region databases")
    }
}

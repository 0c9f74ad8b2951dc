import Access
import ChromaModel
import ChromaWire
import HTTPTypes
import TenantEngine

/// How far the indexing of a collection has come (protocol §1.7).
struct IndexingRoutes: Sendable {
    let engines: any EngineClient

    /// Whoever may count the records may ask (protocol §7.3).
    var routes: [Route] {
        [
            Route(
                .get, PathStem.collection + "/indexing_status", .database(.count, status),
                RouteDescription(
                    "indexing_status", "Tells how much of what was written is indexed.",
                    answers: .named(.indexingStatus)))
        ]
    }

    private func status(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        let id = try call.collectionID()
        let scope = try scope.holding(id)
        return { [engines] in
            let state = try await engines.collection(id: id, in: scope)
            return Reply { CollectionStatusResponse.writeIndexing(of: state, into: &$0) }
        }
    }
}

import Access
import ChromaModel
import ChromaWire
import HTTPTypes
import NIOCore
import TenantEngine

/// Collections (protocol §1.5).
struct CollectionRoutes: Sendable {
    let engines: any EngineClient
    let flavour: IndexFlavour
    private let replies: CollectionReplies

    init(engines: any EngineClient, flavour: IndexFlavour, replies: CollectionReplies) {
        self.engines = engines
        self.flavour = flavour
        self.replies = replies
    }

    /// Each attempt fails only because another one succeeded.
    private static let modifyAttemptsMax = 100

    private static let byName = PathStem.collections + "/{collection_name}"
    private static let byID = PathStem.collections + "/by-id/{collection_id}"

    var routes: [Route] { shared + single }

    private var shared: [Route] {
        [
            Route(
                .post, PathStem.collections, .database(.createCollection, create),
                RouteDescription(
                    "create_collection", "Makes a collection.",
                    takes: .createCollection, answers: .named(.collection))),
            Route(
                .get, PathStem.collections, .database(.listCollections, list),
                RouteDescription(
                    "list_collections", "Lists collections in order of creation.",
                    query: [.limit, .offset], answers: .list(.named(.collection)))),
            Route(
                .get, PathStem.database + "/collections_count",
                .database(.countCollections, count),
                RouteDescription(
                    "count_collections", "Counts the collections of a database.",
                    answers: .integer)),
        ]
    }

    private var single: [Route] {
        [
            Route(
                .get, Self.byName, .database(.getCollection, getByName),
                RouteDescription(
                    "get_collection", "Shows a collection by its name.",
                    answers: .named(.collection))),
            Route(
                .get, Self.byID, .database(.getCollection, getByID),
                RouteDescription(
                    "get_collection_by_id", "Shows a collection by its id.",
                    answers: .named(.collection))),
            Route(
                .get, PathStem.resource, .resource(.getCollectionByCRN, getByCRN),
                RouteDescription(
                    "get_collection_by_crn",
                    "Shows a collection by tenant_resource_name:database:collection.",
                    answers: .named(.collection))),
            Route(
                .put, PathStem.collection, .database(.updateCollection, modify),
                RouteDescription(
                    "update_collection", "Changes name, metadata or configuration.",
                    takes: .updateCollection)),
            Route(
                .delete, Self.byName, .database(.deleteCollection, delete),
                RouteDescription("delete_collection", "Deletes a collection by its name.")),
        ]
    }

    private func create(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        let body = try CreateCollectionBody.parse(call.body)
        let draft = try body.draft(flavour: flavour)
        guard let scope else {
            throw ServiceError.invalid("Database [\(call.path.database)] does not exist")
        }
        try scope.quotas.check(draft)
        return { [engines, replies] in
            let state = try await engines.createCollection(
                draft, getOrCreate: body.getOrCreate, in: scope)
            return try replies.one(state, in: scope)
        }
    }

    /// An unknown database has no collections; upstream says nothing else (protocol §1.5.2).
    private func list(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        let offset = try call.query.unsigned("offset") ?? 0
        let limit = try call.query.unsigned("limit")
        guard let scope else { return { Reply { $0.writeStaticString("[]") } } }
        return { [engines, replies] in
            let states = try await engines.listCollections(
                in: scope, offset: offset, limit: scope.quotas.capped(limit))
            return try replies.list(states, in: scope)
        }
    }

    private func count(_ call: Call, _ scope: DatabaseScope?) -> Operation {
        { [engines] in
            let count =
                if let scope { try await engines.countCollections(in: scope) } else { 0 }
            return Reply { SystemResponse.write(integer: count, into: &$0) }
        }
    }

    private func getByName(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        let name = call.path.collectionName
        let scope = try scope.holding(name)
        return { [engines, replies] in
            let state = try await engines.collection(named: name, in: scope)
            return try replies.one(state, in: scope)
        }
    }

    private func getByID(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        guard let uuid = UniqueID(call.path.collectionID) else {
            throw ServiceError.invalid(
                "Validation error: collection_id: Invalid collection ID format, expected UUID")
        }
        let id = CollectionID(uuid)
        let scope = try scope.holding(id)
        return { [engines, replies] in
            let state = try await engines.collection(id: id, in: scope)
            return try replies.one(state, in: scope)
        }
    }

    /// Whatever is missing, tenant, database or collection, the answer is the same.
    private func getByCRN(_ name: CollectionResourceName, _ scope: DatabaseScope?) throws
        -> Operation
    {
        let missing = ServiceError.noCollection(name: name.description)
        guard let scope else { throw missing }
        return { [engines, replies] in
            do {
                let state = try await engines.collection(named: name.collection, in: scope)
                return try replies.one(state, in: scope)
            } catch let error as ServiceError where error.code == .notFound { throw missing }
        }
    }

    private func modify(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        let id = try call.collectionID()
        let body = try UpdateCollectionBody.parse(call.body)
        let scope = try scope.holding(id)
        if let name = body.newName { try scope.quotas.check(name: name, for: .updateCollection) }
        if case let metadata?? = body.newMetadata {
            try scope.quotas.check(metadata: metadata, for: .updateCollection)
        }
        return {
            try await apply(body, to: id, in: scope)
            return .done()
        }
    }

    /// A configuration is changed on top of the present one, which another request may change
    /// between the two: then it is done again, on top of that.
    private func apply(_ body: UpdateCollectionBody, to id: CollectionID, in scope: DatabaseScope)
        async throws
    {
        for attempt in 1... {
            let settings = try await engines.collection(id: id, in: scope).settings
            do {
                return try await engines.modifyCollection(id, body.change(of: settings), in: scope)
            } catch let error as ServiceError
                where error.code == .aborted && attempt < Self.modifyAttemptsMax
            {}
        }
    }

    private func delete(_ call: Call, _ scope: DatabaseScope?) throws -> Operation {
        let name = call.path.collectionName
        let scope = try scope.holding(name)
        return { [engines] in
            try await engines.deleteCollection(named: name, in: scope)
            return .done()
        }
    }
}

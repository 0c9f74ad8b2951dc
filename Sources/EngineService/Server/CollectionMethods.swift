import ChromaModel
import TenantEngine
import TesseraRPC

/// What a scope's collections are.
enum CollectionMethods {
    private typealias Method = EngineEngineService.Method

    static var endpoints: [any EngineEndpoint] {
        [
            EngineMethod(Method.CreateCollection.descriptor, create),
            EngineMethod(streaming: Method.ListCollections.descriptor, list),
            EngineMethod(Method.CountCollections.descriptor, count),
            EngineMethod(Method.CountAllCollections.descriptor, countAll),
            EngineMethod(Method.GetCollection.descriptor, get),
            EngineMethod(Method.ModifyCollection.descriptor, modify),
            EngineMethod(Method.DeleteCollection.descriptor, delete),
            EngineMethod(Method.ForkCollection.descriptor, fork),
            EngineMethod(Method.CountForks.descriptor, countForks),
            EngineMethod(Method.DeleteAllCollections.descriptor, deleteAll),
        ]
    }

    @Sendable
    private static func create(_ request: EngineCreateCollectionRequest, _ call: EngineCall)
        async throws -> EngineCollectionAnswer
    {
        EngineCollectionAnswer(
            try await call.engines.createCollection(
                request.draft(), getOrCreate: request.getOrCreate, in: call.scope(request.scope)))
    }

    @Sendable
    private static func list(_ request: EngineListCollectionsRequest, _ call: EngineCall)
        async throws -> AnswerMessages<EngineCollectionsAnswer>
    {
        let states = try await call.engines.listCollections(
            in: call.scope(request.scope), offset: Int(request.offset),
            limit: request.hasLimit ? Int(request.limit) : nil)
        return CollectionsAnswer.messages(of: states)
    }

    @Sendable
    private static func count(_ request: EngineCountCollectionsRequest, _ call: EngineCall)
        async throws -> EngineNumberAnswer
    {
        EngineNumberAnswer(
            try await call.engines.countCollections(in: call.scope(request.scope)))
    }

    @Sendable
    private static func countAll(_ request: EngineCountAllCollectionsRequest, _ call: EngineCall)
        async throws -> EngineNumberAnswer
    {
        EngineNumberAnswer(
            try await call.engines.countAllCollections(in: call.scope(request.scope)))
    }

    @Sendable
    private static func get(_ request: EngineGetCollectionRequest, _ call: EngineCall)
        async throws -> EngineCollectionAnswer
    {
        let scope = try call.scope(request.scope)
        switch request.key {
        case .name(let name):
            return EngineCollectionAnswer(
                try await call.engines.collection(named: CollectionName(name), in: scope))
        case .id(let id):
            return EngineCollectionAnswer(
                try await call.engines.collection(id: id.id(), in: scope))
        case nil: throw ServiceError.unreadable("a key")
        }
    }

    @Sendable
    private static func modify(_ request: EngineModifyCollectionRequest, _ call: EngineCall)
        async throws -> EngineDoneAnswer
    {
        try await call.engines.modifyCollection(
            request.collectionID.id(), request.change(), in: call.scope(request.scope))
        return EngineDoneAnswer()
    }

    @Sendable
    private static func delete(_ request: EngineDeleteCollectionRequest, _ call: EngineCall)
        async throws -> EngineDoneAnswer
    {
        try await call.engines.deleteCollection(
            named: CollectionName(request.name), in: call.scope(request.scope))
        return EngineDoneAnswer()
    }

    @Sendable
    private static func fork(_ request: EngineForkCollectionRequest, _ call: EngineCall)
        async throws -> EngineCollectionAnswer
    {
        EngineCollectionAnswer(
            try await call.engines.forkCollection(
                request.collectionID.id(), as: CollectionName(request.name),
                in: call.scope(request.scope)))
    }

    @Sendable
    private static func countForks(_ request: EngineCountForksRequest, _ call: EngineCall)
        async throws -> EngineNumberAnswer
    {
        EngineNumberAnswer(
            try await call.engines.forkCount(
                request.collectionID.id(), in: call.scope(request.scope)))
    }

    @Sendable
    private static func deleteAll(_ request: EngineDeleteAllCollectionsRequest, _ call: EngineCall)
        async throws -> EngineDoneAnswer
    {
        try await call.engines.deleteAllCollections(in: call.scope(request.scope))
        return EngineDoneAnswer()
    }
}

extension EngineCollectionAnswer {
    fileprivate init(_ state: CollectionState) {
        self.init()
        collection = EngineCollection(state)
    }
}

extension EngineNumberAnswer {
    init(_ number: Int) {
        self.init()
        self.number = Int64(number)
    }
}

import Access
import ChromaModel
import ChromaWire
import SwiftProtobuf
import TenantEngine
import TesseraRPC

/// Collections over gRPC: what `CollectionRoutes` is over HTTP.
struct CollectionMethods: Sendable {
    private typealias Method = DataDataService.Method

    let engines: any EngineClient
    let flavour: IndexFlavour
    private let schemas: GrownSchemas

    init(engines: any EngineClient, flavour: IndexFlavour) {
        self.engines = engines
        self.flavour = flavour
        schemas = GrownSchemas(flavour: flavour)
    }

    var endpoints: [any DataEndpoint] {
        [
            DataMethod(Method.CreateCollection.descriptor, .createCollection, create),
            DataMethod(Method.GetCollection.descriptor, .getCollection, get),
            DataMethod(Method.ListCollections.descriptor, .listCollections, list),
            DataMethod(Method.DeleteCollection.descriptor, .deleteCollection, delete),
        ]
    }

    private func create(_ request: DataCreateCollectionRequest, _ scope: DatabaseScope?) throws
        -> RPCOperation<DataCollection>
    {
        let body = try CreateCollectionBody(
            name: CollectionName(request.name),
            metadata: request.hasMetadata ? request.metadata.patch(allowingNulls: false) : nil,
            configurationJSON: request.configurationJson, schemaJSON: request.schemaJson,
            getOrCreate: request.getOrCreate)
        let draft = try body.draft(flavour: flavour)
        guard let scope else {
            throw ServiceError.invalid("Database [\(request.database)] does not exist")
        }
        try scope.quotas.check(draft)
        return { [engines, schemas] in
            let state = try await engines.createCollection(
                draft, getOrCreate: body.getOrCreate, in: scope)
            return Charged(DataCollection(try schemas.shown(state), in: scope))
        }
    }

    private func get(_ request: DataGetCollectionRequest, _ scope: DatabaseScope?) throws
        -> RPCOperation<DataCollection>
    {
        switch request.key {
        case .name(let text):
            let name = CollectionName(text)
            let scope = try scope.holding(name)
            return answer(in: scope) { try await $0.collection(named: name, in: scope) }
        case .id(let text):
            let id = try CollectionID(request: text)
            let scope = try scope.holding(id)
            return answer(in: scope) { try await $0.collection(id: id, in: scope) }
        case nil: throw ServiceError.invalid("Name the collection by name or id.")
        }
    }

    private func answer(
        in scope: DatabaseScope,
        _ find: @escaping @Sendable (any EngineClient) async throws -> CollectionState
    ) -> RPCOperation<DataCollection> {
        { [engines, schemas] in
            Charged(DataCollection(try schemas.shown(try await find(engines)), in: scope))
        }
    }

    /// An unknown database has no collections, as over HTTP.
    private func list(_ request: DataListCollectionsRequest, _ scope: DatabaseScope?)
        -> RPCOperation<DataListCollectionsResponse>
    {
        guard let scope else { return { Charged(DataListCollectionsResponse()) } }
        let offset = Int(request.offset)
        let limit = request.hasLimit ? Int(request.limit) : nil
        return { [engines, schemas] in
            let states = try await engines.listCollections(
                in: scope, offset: offset, limit: scope.quotas.capped(limit))
            return Charged(
                try .with { answer in
                    answer.collections = try states.map {
                        DataCollection(try schemas.shown($0), in: scope)
                    }
                })
        }
    }

    private func delete(_ request: DataDeleteCollectionRequest, _ scope: DatabaseScope?) throws
        -> RPCOperation<Google_Protobuf_Empty>
    {
        let name = CollectionName(request.name)
        let scope = try scope.holding(name)
        return { [engines] in
            try await engines.deleteCollection(named: name, in: scope)
            return Charged(Google_Protobuf_Empty())
        }
    }
}

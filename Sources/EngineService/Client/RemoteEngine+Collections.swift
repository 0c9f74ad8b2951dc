import Access
import ChromaModel
import FoundationEssentials
import SwiftProtobuf
import TenantEngine
import TesseraRPC

/// Collections; what each method does is `EngineClient`'s.
extension RemoteEngine {
    private typealias Method = EngineEngineService.Method

    package func createCollection(
        _ draft: CollectionDraft, getOrCreate: Bool, in scope: DatabaseScope
    ) async throws -> CollectionState {
        var request = EngineCreateCollectionRequest(draft, getOrCreate: getOrCreate)
        request.scope = EngineDatabaseScope(scope)
        let answer: EngineCollectionAnswer = try await call(
            Method.CreateCollection.descriptor, request, .change)
        return try answer.collection.state()
    }

    package func listCollections(in scope: DatabaseScope, offset: Int, limit: Int?) async throws
        -> [CollectionState]
    {
        let request = EngineListCollectionsRequest.with {
            $0.scope = EngineDatabaseScope(scope)
            $0.offset = Int64(offset)
            if let limit { $0.limit = Int64(limit) }
        }
        return try await call(
            Method.ListCollections.descriptor, request, .none, CollectionsAnswer.Reader.self)
    }

    package func countCollections(in scope: DatabaseScope) async throws -> Int {
        let request = EngineCountCollectionsRequest.with { $0.scope = EngineDatabaseScope(scope) }
        let answer: EngineNumberAnswer = try await call(
            Method.CountCollections.descriptor, request, .none)
        return Int(answer.number)
    }

    package func countAllCollections(in scope: TenantScope) async throws -> Int {
        let request = EngineCountAllCollectionsRequest.with { $0.scope = EngineTenantScope(scope) }
        let answer: EngineNumberAnswer = try await call(
            Method.CountAllCollections.descriptor, request, .none)
        return Int(answer.number)
    }

    package func collection(named name: CollectionName, in scope: DatabaseScope) async throws
        -> CollectionState
    {
        try await collection(.name(name.value), in: scope)
    }

    package func collection(id: CollectionID, in scope: DatabaseScope) async throws
        -> CollectionState
    {
        try await collection(.id(Data(id)), in: scope)
    }

    private func collection(
        _ key: EngineGetCollectionRequest.OneOf_Key, in scope: DatabaseScope
    ) async throws -> CollectionState {
        let request = EngineGetCollectionRequest.with {
            $0.scope = EngineDatabaseScope(scope)
            $0.key = key
        }
        let answer: EngineCollectionAnswer = try await call(
            Method.GetCollection.descriptor, request, .none)
        return try answer.collection.state()
    }

    package func modifyCollection(
        _ id: CollectionID, _ change: CollectionChange, in scope: DatabaseScope
    ) async throws {
        var request = EngineModifyCollectionRequest(id, change)
        request.scope = EngineDatabaseScope(scope)
        extents.forgetAll()
        let _: EngineDoneAnswer = try await call(
            Method.ModifyCollection.descriptor, request, .change)
    }

    package func deleteCollection(named name: CollectionName, in scope: DatabaseScope)
        async throws
    {
        let request = EngineDeleteCollectionRequest.with {
            $0.scope = EngineDatabaseScope(scope)
            $0.name = name.value
        }
        extents.forgetAll()
        let _: EngineDoneAnswer = try await call(
            Method.DeleteCollection.descriptor, request, .change)
    }

    package func forkCollection(
        _ id: CollectionID, as name: CollectionName, in scope: DatabaseScope
    ) async throws -> CollectionState {
        let request = EngineForkCollectionRequest.with {
            $0.scope = EngineDatabaseScope(scope)
            $0.collectionID = Data(id)
            $0.name = name.value
        }
        let answer: EngineCollectionAnswer = try await call(
            Method.ForkCollection.descriptor, request, .change)
        return try answer.collection.state()
    }

    package func forkCount(_ id: CollectionID, in scope: DatabaseScope) async throws -> Int {
        let request = EngineCountForksRequest.with {
            $0.scope = EngineDatabaseScope(scope)
            $0.collectionID = Data(id)
        }
        let answer: EngineNumberAnswer = try await call(
            Method.CountForks.descriptor, request, .none)
        return Int(answer.number)
    }

    package func deleteAllCollections(in scope: DatabaseScope) async throws {
        let request = EngineDeleteAllCollectionsRequest.with {
            $0.scope = EngineDatabaseScope(scope)
        }
        extents.forgetAll()
        let _: EngineDoneAnswer = try await call(
            Method.DeleteAllCollections.descriptor, request, .change)
    }
}

import Access
import ChromaModel
import FoundationEssentials
import SwiftProtobuf
import TenantEngine
import TesseraRPC
import Usage

/// Records and the end of tenants; what each method does is `EngineClient`'s.
extension RemoteEngine: EngineClient {
    private typealias Method = EngineEngineService.Method

    package func write(
        _ batch: RecordBatch, as operation: WriteOperation, to collection: CollectionID,
        in scope: DatabaseScope
    ) async throws {
        let request = EngineWriteRecordsRequest.with {
            $0.scope = EngineDatabaseScope(scope)
            $0.collectionID = Data(collection)
            $0.operation = UInt32(operation.rawValue)
            $0.batch = EngineBatch(batch)
        }
        extents.forget(collection)
        let _: EngineDoneAnswer = try await call(
            Method.WriteRecords.descriptor, request, .change)
    }

    package func delete(
        _ selection: RecordSelection, limit: Int?, from collection: CollectionID,
        in scope: DatabaseScope
    ) async throws -> Int {
        let request = EngineDeleteRecordsRequest.with {
            $0.scope = EngineDatabaseScope(scope)
            $0.collectionID = Data(collection)
            $0.selection = EngineSelection(selection)
            if let limit { $0.limit = Int64(limit) }
        }
        extents.forget(collection)
        let answer: EngineNumberAnswer = try await call(
            Method.DeleteRecords.descriptor, request, .change)
        return Int(answer.number)
    }

    package func get(
        _ request: GetRequest, from collection: CollectionID, in scope: DatabaseScope
    ) async throws -> [RecordView] {
        var message = EngineGetRecordsRequest(request, from: collection)
        message.scope = EngineDatabaseScope(scope)
        return try await read(message, from: collection, in: scope).records
    }

    package func get(
        _ request: GetRequest, asOf token: UInt64?, from collection: CollectionID,
        in scope: DatabaseScope
    ) async throws -> (records: [RecordView], token: UInt64) {
        var message = EngineGetRecordsRequest(request, from: collection)
        message.scope = EngineDatabaseScope(scope)
        message.inTransaction = true
        if let token { message.asOf = token }
        return try await read(message, from: collection, in: scope)
    }

    private func read(
        _ message: EngineGetRecordsRequest, from collection: CollectionID, in scope: DatabaseScope
    ) async throws -> (records: [RecordView], token: UInt64) {
        let answer = try await call(
            Method.GetRecords.descriptor, message, .none, RecordsAnswer.Reader.self)
        guard answer.lists.count == 1 else { throw ServiceError.unreadable("several lists") }
        extents.note(answer.extent, of: collection, in: scope)
        return (answer.lists[0], answer.token)
    }

    package func commit(
        _ transaction: RecordTransaction, to collection: CollectionID, in scope: DatabaseScope
    ) async throws -> UInt64? {
        var request = EngineCommitTransactionRequest(transaction, to: collection)
        request.scope = EngineDatabaseScope(scope)
        extents.forget(collection)
        let answer: EngineCommitAnswer = try await call(
            Method.CommitTransaction.descriptor, request, .change)
        return answer.hasPosition ? answer.position : nil
    }

    package func query(
        _ request: QueryRequest, in collection: CollectionID, in scope: DatabaseScope
    ) async throws -> [[RecordView]] {
        var message = EngineQueryRecordsRequest(request, in: collection)
        message.scope = EngineDatabaseScope(scope)
        let answer = try await call(
            Method.QueryRecords.descriptor, message, .none, RecordsAnswer.Reader.self)
        extents.note(answer.extent, of: collection, in: scope)
        return answer.lists
    }

    package func count(
        _ collection: CollectionID, at level: ReadLevel, in scope: DatabaseScope
    ) async throws -> Int {
        let request = EngineCountRecordsRequest.with {
            $0.scope = EngineDatabaseScope(scope)
            $0.collectionID = Data(collection)
            $0.readLevel = level.rawValue
        }
        let answer: EngineNumberAnswer = try await call(
            Method.CountRecords.descriptor, request, .none)
        extents.note(answer.extent.extent, of: collection, in: scope)
        return Int(answer.number)
    }

    package func extent(of collection: CollectionID, in scope: DatabaseScope) async throws
        -> ReadExtent
    {
        if let known = extents.take(of: collection, in: scope) { return known }
        let request = EngineGetExtentRequest.with {
            $0.scope = EngineDatabaseScope(scope)
            $0.collectionID = Data(collection)
        }
        let answer: EngineExtentAnswer = try await call(
            Method.GetExtent.descriptor, request, .none)
        return answer.extent.extent
    }

    package func removeTenant(_ tenant: TenantID) async throws {
        let request = EngineRemoveTenantRequest.with { $0.tenantID = Data(tenant) }
        extents.forgetAll()
        let _: EngineDoneAnswer = try await call(
            Method.RemoveTenant.descriptor, request, .change)
    }

    package func removeEverything() async throws {
        extents.forgetAll()
        let _: EngineDoneAnswer = try await call(
            Method.RemoveEverything.descriptor, EngineRemoveEverythingRequest(), .change)
    }
}

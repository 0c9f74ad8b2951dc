import ChromaModel
import SwiftProtobuf
import TenantEngine
import TesseraRPC
import Usage

/// What a collection's records are.
enum RecordMethods {
    private typealias Method = EngineEngineService.Method

    static var endpoints: [any EngineEndpoint] {
        [
            EngineMethod(Method.WriteRecords.descriptor, write),
            EngineMethod(Method.DeleteRecords.descriptor, delete),
            EngineMethod(streaming: Method.GetRecords.descriptor, get),
            EngineMethod(Method.CommitTransaction.descriptor, commit),
            EngineMethod(streaming: Method.QueryRecords.descriptor, query),
            EngineMethod(Method.CountRecords.descriptor, count),
            EngineMethod(Method.GetExtent.descriptor, extent),
        ]
    }

    @Sendable
    private static func write(_ request: EngineWriteRecordsRequest, _ call: EngineCall)
        async throws -> EngineDoneAnswer
    {
        try await call.engines.write(
            request.batch.batch(), as: WriteOperation(message: request.operation),
            to: request.collectionID.id(), in: call.scope(request.scope))
        return EngineDoneAnswer()
    }

    @Sendable
    private static func delete(_ request: EngineDeleteRecordsRequest, _ call: EngineCall)
        async throws -> EngineNumberAnswer
    {
        EngineNumberAnswer(
            try await call.engines.delete(
                request.selection.selection(), limit: request.hasLimit ? Int(request.limit) : nil,
                from: request.collectionID.id(), in: call.scope(request.scope)))
    }

    @Sendable
    private static func get(_ request: EngineGetRecordsRequest, _ call: EngineCall)
        async throws -> AnswerMessages<EngineRecordsAnswer>
    {
        let meant = try request.request()
        let collection: CollectionID = try request.collectionID.id()
        let scope = try call.scope(request.scope)
        guard request.inTransaction else {
            let records = try await call.engines.get(meant, from: collection, in: scope)
            return try RecordsAnswer.messages(
                of: [records], extent: try await call.engines.extent(of: collection, in: scope))
        }
        let read = try await call.engines.get(
            meant, asOf: request.hasAsOf ? request.asOf : nil, from: collection, in: scope)
        return try RecordsAnswer.messages(
            of: [read.records], token: read.token,
            extent: try await call.engines.extent(of: collection, in: scope))
    }

    @Sendable
    private static func commit(_ request: EngineCommitTransactionRequest, _ call: EngineCall)
        async throws -> EngineCommitAnswer
    {
        let position = try await call.engines.commit(
            request.transaction(), to: request.collectionID.id(), in: call.scope(request.scope))
        return .with { if let position { $0.position = position } }
    }

    @Sendable
    private static func query(_ request: EngineQueryRecordsRequest, _ call: EngineCall)
        async throws -> AnswerMessages<EngineRecordsAnswer>
    {
        let collection: CollectionID = try request.collectionID.id()
        let scope = try call.scope(request.scope)
        let lists = try await call.engines.query(request.request(), in: collection, in: scope)
        return try RecordsAnswer.messages(
            of: lists, extent: try await call.engines.extent(of: collection, in: scope))
    }

    @Sendable
    private static func count(_ request: EngineCountRecordsRequest, _ call: EngineCall)
        async throws -> EngineNumberAnswer
    {
        guard let level = ReadLevel(rawValue: request.readLevel) else {
            throw ServiceError.unreadable("a read level")
        }
        let collection: CollectionID = try request.collectionID.id()
        let scope = try call.scope(request.scope)
        var answer = EngineNumberAnswer(
            try await call.engines.count(collection, at: level, in: scope))
        answer.extent = EngineExtent(try await call.engines.extent(of: collection, in: scope))
        return answer
    }

    @Sendable
    private static func extent(_ request: EngineGetExtentRequest, _ call: EngineCall)
        async throws -> EngineExtentAnswer
    {
        let extent = try await call.engines.extent(
            of: request.collectionID.id(), in: call.scope(request.scope))
        return .with { $0.extent = EngineExtent(extent) }
    }
}

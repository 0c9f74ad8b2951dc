import Access
import ChromaModel
import ChromaWire
import SwiftProtobuf
import TenantEngine
import TesseraRPC
import Usage

/// Records over gRPC: what `RecordRoutes` is over HTTP.
struct RecordMethods: Sendable {
    private typealias Method = DataDataService.Method

    let engines: any EngineClient
    let cpuPool: CPUPool
    private let policies = IndexPolicyCache()

    init(engines: any EngineClient, cpuPool: CPUPool) {
        self.engines = engines
        self.cpuPool = cpuPool
    }

    var endpoints: [any DataEndpoint] {
        [
            DataMethod(Method.WriteRecords.descriptor, { try $0.writing().action }, write),
            DataMethod(Method.DeleteRecords.descriptor, .delete, delete),
            DataMethod(Method.GetRecords.descriptor, .get, get),
            DataMethod(Method.Query.descriptor, .query, query),
            DataMethod(Method.Count.descriptor, .count, count),
        ]
    }

    private func write(_ request: DataWriteRecordsRequest, _ scope: DatabaseScope?) throws
        -> RPCOperation<Google_Protobuf_Empty>
    {
        let id = try CollectionID(request: request.collectionID)
        let operation = try request.writing().operation
        let batch = try request.records.batch(for: operation)
        let scope = try scope.holding(id)
        try scope.quotas.check(batch, for: QuotaAction(operation))
        return { [engines] in
            try await engines.write(batch, as: operation, to: id, in: scope)
            return Charged(Google_Protobuf_Empty(), RequestCharge(writeTo: id, in: scope))
        }
    }

    private func delete(_ request: DataDeleteRecordsRequest, _ scope: DatabaseScope?) throws
        -> RPCOperation<DataDeleteRecordsResponse>
    {
        let id = try CollectionID(request: request.collectionID)
        let body = try DeleteBody(
            selection: request.selection.records(),
            limit: request.hasLimit ? Int(request.limit) : nil)
        let scope = try scope.holding(id)
        try scope.quotas.check(body.selection, for: .delete)
        return { [engines, policies] in
            try await policies.check(body.selection, of: id, in: scope, engines)
            let charge = try await engines.charge(forDeleting: body.selection, from: id, in: scope)
            let count = try await engines.delete(
                body.selection, limit: body.limit, from: id, in: scope)
            return Charged(.with { $0.count = UInt64(count) }, charge)
        }
    }

    private func get(_ request: DataGetRecordsRequest, _ scope: DatabaseScope?) throws
        -> RPCOperation<DataRecordList>
    {
        let id = try CollectionID(request: request.collectionID)
        let include = request.hasInclude ? request.include.list : .getDefault
        let asked = GetRequest(
            selection: try request.selection.records(), offset: Int(request.offset),
            limit: request.hasLimit ? Int(request.limit) : nil, include: include.options)
        let scope = try scope.holding(id)
        let meant = try scope.quotas.admitted(asked)
        return { [engines, policies, cpuPool] in
            try await policies.check(meant.selection, of: id, in: scope, engines)
            let records = try await engines.get(meant, from: id, in: scope)
            let list = try await cpuPool.run(bytes: records.bytesExpected) {
                DataRecordList(records, meant.include)
            }
            return Charged(
                list,
                try await engines.charge(
                    for: meant.selection, of: id, in: scope, returnedBytes: records.logicalBytes))
        }
    }

    private func query(_ request: DataQueryRequest, _ scope: DatabaseScope?) throws
        -> RPCOperation<DataQueryResponse>
    {
        let id = try CollectionID(request: request.collectionID)
        let include = request.hasInclude ? request.include.list : .queryDefault
        let body = try QueryBody(
            embeddings: request.embeddings.column(), selection: request.selection.records(),
            resultCount: request.hasResultCount ? Int(request.resultCount) : nil,
            include: include)
        let scope = try scope.holding(id)
        try scope.quotas.check(body.request)
        return { [engines, policies, cpuPool] in
            try await policies.check(body.request.selection, of: id, in: scope, engines)
            let lists = try await engines.query(body.request, in: id, in: scope)
            let bytes = lists.reduce(0) { $0 + $1.bytesExpected }
            let answer = try await cpuPool.run(bytes: bytes) {
                DataQueryResponse.with {
                    $0.results = lists.map { DataRecordList($0, body.request.include) }
                }
            }
            return Charged(
                answer,
                try await engines.charge(
                    for: body.request.selection, embeddings: body.request.embeddings.rowCount,
                    of: id, in: scope, returnedBytes: lists.reduce(0) { $0 + $1.logicalBytes }))
        }
    }

    private func count(_ request: DataCountRequest, _ scope: DatabaseScope?) throws
        -> RPCOperation<DataCountResponse>
    {
        let id = try CollectionID(request: request.collectionID)
        let scope = try scope.holding(id)
        return { [engines] in
            let count = try await engines.count(id, in: scope)
            return Charged(
                .with { $0.count = UInt64(count) },
                try await engines.charge(forCounting: id, at: .indexAndLog, in: scope))
        }
    }
}

extension DataWriteRecordsRequest {
    /// Throws `invalidArgument` when the request names no operation.
    fileprivate func writing() throws(ServiceError) -> (operation: WriteOperation, action: Action) {
        switch operation {
        case .add: (.add, .add)
        case .update: (.update, .update)
        case .upsert: (.upsert, .upsert)
        case .unspecified, .UNRECOGNIZED:
            throw .invalid("operation must be ADD, UPDATE or UPSERT.")
        }
    }
}

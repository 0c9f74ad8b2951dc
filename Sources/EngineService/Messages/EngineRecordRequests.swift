import ChromaModel
import FoundationEssentials
import TesseraRPC

extension EngineGetRecordsRequest {
    init(_ request: GetRequest, from collection: CollectionID) {
        self.init()
        collectionID = Data(collection)
        selection = EngineSelection(request.selection)
        offset = Int64(request.offset)
        if let limit = request.limit { self.limit = Int64(limit) }
        include = UInt32(request.include.rawValue)
    }

    /// Throws `internalError`.
    func request() throws(ServiceError) -> GetRequest {
        GetRequest(
            selection: try selection.selection(), offset: Int(offset),
            limit: hasLimit ? Int(limit) : nil, include: try Include(message: include))
    }
}

extension EngineQueryRecordsRequest {
    init(_ request: QueryRequest, in collection: CollectionID) {
        self.init()
        collectionID = Data(collection)
        embeddings = EngineEmbeddings(request.embeddings)
        selection = EngineSelection(request.selection)
        resultCount = Int64(request.resultCount)
        include = UInt32(request.include.rawValue)
    }

    /// Throws `internalError`.
    func request() throws(ServiceError) -> QueryRequest {
        QueryRequest(
            embeddings: try embeddings.matrix(rows: Int(embeddings.rowCount)),
            selection: try selection.selection(), resultCount: Int(resultCount),
            include: try Include(message: include))
    }
}

extension EngineCommitTransactionRequest {
    init(_ transaction: RecordTransaction, to collection: CollectionID) {
        self.init()
        collectionID = Data(collection)
        if let token = transaction.readToken { readToken = token }
        readIds = transaction.readIDs.map(\.value)
        changes = transaction.changes.map { EngineChange($0) }
    }

    /// Throws `internalError`.
    func transaction() throws(ServiceError) -> RecordTransaction {
        var changes: [RecordChange] = []
        for change in self.changes { changes.append(try change.change()) }
        return RecordTransaction(
            readToken: hasReadToken ? readToken : nil, readIDs: readIds.map { RecordID($0) },
            changes: changes)
    }
}

extension EngineChange {
    fileprivate init(_ change: RecordChange) {
        self.init()
        switch change {
        case .write(let operation, let batch):
            self.operation = UInt32(operation.rawValue)
            self.batch = EngineBatch(batch)
        case .delete(let ids):
            operation = UInt32(WriteOperation.delete.rawValue)
            batch = EngineBatch(RecordBatch(ids: ids))
        }
    }

    fileprivate func change() throws(ServiceError) -> RecordChange {
        switch try WriteOperation(message: operation) {
        case .delete: return .delete(batch.ids.map { RecordID($0) })
        case let operation: return .write(operation, try batch.batch())
        }
    }
}

extension WriteOperation {
    /// Throws `internalError`.
    init(message: UInt32) throws(ServiceError) {
        guard let raw = UInt8(exactly: message), let operation = WriteOperation(rawValue: raw)
        else { throw .unreadable("an operation") }
        self = operation
    }
}

extension Include {
    /// Throws `internalError`.
    fileprivate init(message: UInt32) throws(ServiceError) {
        guard let raw = UInt8(exactly: message) else { throw .unreadable("an include list") }
        self.init(rawValue: raw)
    }
}

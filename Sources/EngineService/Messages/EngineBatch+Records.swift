import ChromaModel
import TesseraRPC

extension EngineBatch {
    init(_ batch: RecordBatch) {
        self.init()
        ids = batch.ids.map(\.value)
        if let embeddings = batch.embeddings { self.embeddings = EngineEmbeddings(embeddings) }
        if let documents = batch.documents { self.documents = EngineTexts(documents) }
        if let uris = batch.uris { self.uris = EngineTexts(uris) }
        if let metadatas = batch.metadatas {
            self.metadatas = EngineMetadatas(metadatas.map { $0.map(EngineMetadata.init) })
        }
    }

    /// Throws `internalError` when a column has not one entry a record.
    func batch() throws(ServiceError) -> RecordBatch {
        let count = ids.count
        return RecordBatch(
            ids: ids.map { RecordID($0) },
            embeddings: hasEmbeddings ? try embeddings.matrix(rows: count) : nil,
            documents: hasDocuments ? try documents.column(count: count) : nil,
            uris: hasUris ? try uris.column(count: count) : nil,
            metadatas: hasMetadatas
                ? try metadatas.column(count: count).map { $0?.patch } : nil)
    }
}

extension EngineTexts {
    init(_ column: [String?]) {
        self.init()
        values = column.compactMap { $0 }
        present = Presence.bytes(of: column)
    }

    /// Throws `internalError` unless it has `count` entries.
    func column(count: Int) throws(ServiceError) -> [String?] {
        try Presence.column(of: values, present, count: count)
    }
}

extension EngineMetadatas {
    init(_ column: [EngineMetadata?]) {
        self.init()
        values = column.compactMap { $0 }
        present = Presence.bytes(of: column)
    }

    /// Throws `internalError` unless it has `count` entries.
    func column(count: Int) throws(ServiceError) -> [EngineMetadata?] {
        try Presence.column(of: values, present, count: count)
    }
}

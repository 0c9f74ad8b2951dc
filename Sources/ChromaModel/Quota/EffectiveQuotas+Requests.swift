// What a request may hold, request by request. Each function throws `unprocessable` at the first
// usage that is past its limit, and looks at nothing but the request.

extension EffectiveQuotas {
    /// A write.
    package func check(_ batch: RecordBatch, for action: QuotaAction) throws(ServiceError) {
        try check(.numRecords, batch.ids.count, for: action)
        try check(ids: batch.ids, for: action)
        try check(.embeddingDimensions, batch.embeddings?.dimension ?? 0, for: action)
        try check(.documentSizeBytes, batch.documents, for: action)
        try check(.uriSizeBytes, batch.uris, for: action)
        guard let metadatas = batch.metadatas else { return }
        let limits = MetadataQuotas(self, for: action, values: .metadataValueSizeBytes)
        for case let patch? in metadatas {
            try limits.check(patch.changes.lazy.map { ($0.key, $0.value) })
        }
    }

    package func check(_ draft: CollectionDraft) throws(ServiceError) {
        try check(name: draft.name, for: .createCollection)
        if let metadata = draft.metadata { try check(metadata: metadata, for: .createCollection) }
    }

    /// A transaction: each of its changes, and all of them together as one write.
    package func check(_ transaction: RecordTransaction) throws(ServiceError) {
        for change in transaction.changes {
            switch change {
            case .write(let operation, let batch):
                try check(batch, for: QuotaAction(operation))
            case .delete(let ids): try check(RecordSelection(ids: ids), for: .delete)
            }
        }
        try check(.numRecords, transaction.recordCount, for: .upsert)
        try check(.numQueryIDs, transaction.readIDs.count, for: .upsert)
        try check(ids: transaction.readIDs, for: .upsert)
    }

    /// What a get, a query or a delete selects.
    package func check(_ selection: RecordSelection, for action: QuotaAction)
        throws(ServiceError)
    {
        if let ids = selection.ids {
            try check(action == .delete ? .numRecords : .numQueryIDs, ids.count, for: action)
            try check(ids: ids, for: action)
        }
        if let filter = selection.filter { try check(filter, for: action) }
    }

    /// The get as it is answered: its limit is the quota's where that is lower.
    package func admitted(_ request: GetRequest) throws(ServiceError) -> GetRequest {
        try check(request.selection, for: .get)
        var request = request
        request.limit = capped(request.limit)
        return request
    }

    package func check(_ request: QueryRequest) throws(ServiceError) {
        try check(.numResults, request.resultCount, for: .query)
        try check(.numQueryEmbeddings, request.embeddings.rowCount, for: .query)
        try check(.embeddingDimensions, request.embeddings.dimension, for: .query)
        try check(request.selection, for: .query)
    }

    /// The name of a new database, collection or fork, or a collection's new name.
    package func check(name: some ByteText, for action: QuotaAction) throws(ServiceError) {
        try check(.nameSizeBytes, name.value.utf8.count, for: action)
    }

    /// What metadata a collection is given.
    package func check(metadata: Metadata, for action: QuotaAction) throws(ServiceError) {
        try MetadataQuotas(self, for: action, values: .collectionMetadataValueSizeBytes)
            .check(metadata.entries.lazy.map { ($0.key, $0.value) })
    }

    private func check(ids: [RecordID], for action: QuotaAction) throws(ServiceError) {
        let limit = self[.idSizeBytes]
        for id in ids where id.value.utf8.count > limit {
            throw .quotaExceeded(
                .idSizeBytes, for: action, current: id.value.utf8.count, limit: limit)
        }
    }

    private func check(_ usage: UsageType, _ texts: [String?]?, for action: QuotaAction)
        throws(ServiceError)
    {
        let limit = self[usage]
        for case let text? in texts ?? [] where text.utf8.count > limit {
            throw .quotaExceeded(usage, for: action, current: text.utf8.count, limit: limit)
        }
    }
}

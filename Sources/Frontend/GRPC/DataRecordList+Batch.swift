import ChromaModel
import ChromaWire
import FoundationEssentials
import TesseraRPC

extension DataRecordList {
    /// The records as a write, checked as the HTTP bodies are.
    ///
    /// Throws `invalidArgument`.
    func batch(for operation: WriteOperation) throws(ServiceError) -> RecordBatch {
        let columns = RecordColumns(
            ids: records.map { RecordID($0.id) }, embeddings: try column(for: operation),
            documents: column(\.hasDocument, \.document), uris: column(\.hasUri, \.uri),
            metadatas: try metadatas(for: operation))
        return try columns.validated()
    }

    private func column(for operation: WriteOperation) throws(ServiceError) -> EmbeddingColumn? {
        if operation == .update {
            guard hasEmbeddings else { return nil }
        } else if !hasEmbeddings || embeddings.present.contains(false) {
            throw .invalid("embeddings: an add and an upsert need one for each record")
        }
        // Before they are taken apart: absent rows cost the sender almost nothing.
        guard embeddings.present.isEmpty || embeddings.present.count == records.count else {
            throw .invalid("embeddings: present must have one entry for each record")
        }
        return try embeddings.column()
    }

    /// One text a record, nil where it has none; nil when no record has one.
    private func column(
        _ isGiven: KeyPath<DataRecord, Bool>, _ text: KeyPath<DataRecord, String>
    ) -> [String?]? {
        guard records.contains(where: { $0[keyPath: isGiven] }) else { return nil }
        return records.map { $0[keyPath: isGiven] ? $0[keyPath: text] : nil }
    }

    private func metadatas(for operation: WriteOperation) throws(ServiceError)
        -> [MetadataPatch?]?
    {
        guard records.contains(where: \.hasMetadata) else { return nil }
        var patches: [MetadataPatch?] = []
        patches.reserveCapacity(records.count)
        for record in records {
            let patch =
                record.hasMetadata
                ? try record.metadata.patch(allowingNulls: operation != .add) : nil
            patches.append(patch)
        }
        return patches
    }
}

extension DataEmbeddings {
    /// Throws `invalidArgument` when the values aren't whole rows.
    func column() throws(ServiceError) -> EmbeddingColumn {
        let result = values.withUnsafeBytes { bytes -> Result<EmbeddingColumn, ServiceError> in
            do throws(ServiceError) {
                return .success(
                    try EmbeddingColumn(
                        packed: bytes, dimension: Int(dimension), present: present))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

import ChromaModel

// Logical sizes: what is billed, whatever the encoding (protocol §9.2).

extension Metadata {
    /// The keys' bytes and the values'.
    package var logicalBytes: Int {
        entries.reduce(0) { $0 + $1.key.value.utf8.count + $1.value.logicalBytes }
    }
}

extension MetadataPatch {
    /// The keys' bytes and the values'; a null is 0.
    package var logicalBytes: Int {
        changes.reduce(0) { $0 + $1.key.value.utf8.count + ($1.value?.logicalBytes ?? 0) }
    }
}

extension RecordBatch {
    /// Of all records as sent: ids, documents, URIs, metadata, and 4 for each element of an
    /// embedding. A document counts once, where upstream counts it twice.
    package var logicalBytes: Int {
        ids.reduce(0) { $0 + $1.value.utf8.count } + (embeddings?.values.count ?? 0) * 4
            + Self.bytes(documents) + Self.bytes(uris)
            + (metadatas?.reduce(0) { $0 + ($1?.logicalBytes ?? 0) } ?? 0)
    }

    private static func bytes(_ texts: [String?]?) -> Int {
        texts?.reduce(0) { $0 + ($1?.utf8.count ?? 0) } ?? 0
    }
}

extension RecordChange {
    /// Of the records as sent; a delete is its ids.
    package var logicalBytes: Int {
        switch self {
        case .write(_, let batch): batch.logicalBytes
        case .delete(let ids): ids.reduce(0) { $0 + $1.value.utf8.count }
        }
    }
}

extension RecordView {
    /// Of what is shown of a record; a distance is 8.
    package var logicalBytes: Int {
        idText.byteCount + (documentText?.byteCount ?? 0) + (uriText?.byteCount ?? 0)
            + (metadataView?.logicalBytes ?? 0) + (embedding?.dimension ?? 0) * 4
            + (distance == nil ? 0 : 8)
    }
}

extension [RecordView] {
    package var logicalBytes: Int { reduce(0) { $0 + $1.logicalBytes } }
}

import ChromaModel

/// The columns of record responses.
extension JSONWriter {
    mutating func ids(_ records: [RecordView]) {
        array(records) { $0.string($1.id.value) }
    }

    mutating func documents(_ records: [RecordView]) {
        array(records) { writer, record in writer.nullable(record.document) { $0.string($1) } }
    }

    mutating func uris(_ records: [RecordView]) {
        array(records) { writer, record in writer.nullable(record.uri) { $0.string($1) } }
    }

    mutating func metadatas(_ records: [RecordView]) {
        array(records) { $0.recordMetadata($1.metadata) }
    }

    mutating func distances(_ records: [RecordView]) {
        array(records) { writer, record in writer.nullable(record.distance) { $0.float($1) } }
    }

    mutating func embeddings(_ records: [RecordView]) {
        array(records) { writer, record in
            writer.nullable(record.embedding) { writer, embedding in
                writer.raw("[")
                embedding.withValues { writer.floats($0) }
                writer.raw("]")
            }
        }
    }

    mutating func include(_ list: IncludeList) {
        array(list.members) { $0.string($1.rawValue) }
    }
}

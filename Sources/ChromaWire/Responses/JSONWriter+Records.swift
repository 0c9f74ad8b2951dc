import ChromaModel

/// The columns of record responses, straight from where the records lie.
///
/// They go by index: an iterator would copy each record, and count references to all it holds.
extension JSONWriter {
    mutating func ids(_ records: [RecordView]) {
        array(records.indices) { $0.string(records[$1].idText) }
    }

    mutating func documents(_ records: [RecordView]) {
        array(records.indices) { $0.text(records[$1].documentText) }
    }

    mutating func uris(_ records: [RecordView]) {
        array(records.indices) { $0.text(records[$1].uriText) }
    }

    mutating func metadatas(_ records: [RecordView]) {
        array(records.indices) { $0.recordMetadata(records[$1].metadataView) }
    }

    mutating func distances(_ records: [RecordView]) {
        array(records.indices) { writer, index in
            writer.nullable(records[index].distance) { $0.float($1) }
        }
    }

    mutating func embeddings(_ records: [RecordView]) {
        array(records.indices) { writer, index in
            writer.nullable(records[index].embedding) { writer, embedding in
                writer.raw("[")
                embedding.withValues { writer.floats($0) }
                writer.raw("]")
            }
        }
    }

    mutating func include(_ list: IncludeList) {
        array(list.members) { $0.string($1.rawValue) }
    }

    private mutating func text(_ text: TextView?) {
        nullable(text) { $0.string($1) }
    }
}

import ChromaModel

extension JSONWriter {
    /// Keys that start so are the server's own and never shown (protocol §2.2).
    private static let reservedPrefix = "chroma:"

    /// A record's metadata; null when there is nothing to show.
    mutating func recordMetadata(_ metadata: Metadata?) {
        let shown = metadata?.entries.filter { !Self.isReserved($0.key) } ?? []
        shown.isEmpty ? null() : entries(shown)
    }

    /// A collection's metadata, all of it.
    mutating func collectionMetadata(_ metadata: Metadata?) {
        nullable(metadata) { $0.entries($1.entries) }
    }

    private static func isReserved(_ key: MetadataKey) -> Bool {
        key.value.utf8.starts(with: reservedPrefix.utf8)
    }

    private mutating func entries(_ entries: [MetadataEntry]) {
        raw("{")
        for (index, entry) in entries.enumerated() {
            if index > 0 { comma() }
            string(entry.key.value)
            raw(":")
            value(entry.value)
        }
        raw("}")
    }

    private mutating func value(_ value: MetadataValue) {
        switch value {
        case .bool(let value): bool(value)
        case .int(let value): integer(value)
        case .float(let value): double(value)
        case .string(let value): string(value)
        case .sparse(let vector): sparse(vector)
        case .bools(let list): array(list) { $0.bool($1) }
        case .ints(let list): array(list) { $0.integer($1) }
        case .floats(let list): array(list) { $0.double($1) }
        case .strings(let list): array(list) { $0.string($1) }
        }
    }

    private mutating func sparse(_ vector: SparseVector) {
        raw("{\"#type\":\"sparse_vector\",\"indices\":")
        array(vector.indices) { $0.integer($1) }
        raw(",\"values\":[")
        vector.values.withUnsafeBufferPointer { floats($0) }
        raw("],\"tokens\":")
        nullable(vector.tokens) { writer, tokens in writer.array(tokens) { $0.string($1) } }
        raw("}")
    }
}

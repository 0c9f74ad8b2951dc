import ChromaModel
import NIOCore

extension JSONWriter {
    /// Keys that start so are the server's own and never shown (protocol §2.2).
    private static let reservedPrefix: StaticString = "chroma:"

    /// A record's metadata; null when there is nothing to show, or it can't be read any more.
    mutating func recordMetadata(_ metadata: MetadataView?) {
        guard let metadata else { return null() }
        let start = buffer.writerIndex
        var isEmpty = true
        let isWhole = metadata.forEachEntry { key, value in
            if Self.isReserved(key) { return }
            entry(key, value, isFirst: isEmpty)
            isEmpty = false
        }
        if isWhole, !isEmpty { return raw("}") }
        buffer.moveWriterIndex(to: start)
        null()
    }

    /// A collection's metadata, all of it.
    mutating func collectionMetadata(_ metadata: Metadata?) {
        guard let metadata, !metadata.isEmpty else { return raw(metadata == nil ? "null" : "{}") }
        var isFirst = true
        _ = MetadataView.map(metadata).forEachEntry { key, value in
            entry(key, value, isFirst: isFirst)
            isFirst = false
        }
        raw("}")
    }

    private static func isReserved(_ key: UnsafeRawBufferPointer) -> Bool {
        let count = reservedPrefix.utf8CodeUnitCount
        guard key.count >= count else { return false }
        return (0..<count).allSatisfy { key[$0] == reservedPrefix.utf8Start[$0] }
    }

    /// One entry and what goes before it.
    private mutating func entry(
        _ key: UnsafeRawBufferPointer, _ value: MetadataValueView, isFirst: Bool
    ) {
        buffer.writeInteger(isFirst ? ASCII.openBrace : ASCII.comma)
        string(utf8: key)
        buffer.writeInteger(ASCII.colon)
        switch value {
        case .bool(let value): bool(value)
        case .int(let value): integer(value)
        case .float(let value): double(value)
        case .string(let text): string(utf8: text)
        case .compound(let value): compound(value)
        }
    }

    /// An array or a sparse vector.
    private mutating func compound(_ value: MetadataValue) {
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

/// What a client's schema must obey (protocol §5.2). Messages are upstream's, without their
/// "Validation error: schema: ".
extension Schema {
    /// Throws the first violation.
    package func validate() throws(ServiceError) {
        try checkDefaults()
        for key in keys.keys.sorted() {
            guard let types = keys[key] else { continue }
            try checkTypes(of: key, types)
            try checkVector(of: key, types.floatList?.vector)
            try checkSparse(types.sparseVector?.sparse)
            try checkStrings(of: key, types.string)
        }
        if let encryptionKey, !Self.isKeyResource(encryptionKey) {
            throw .invalid("CMEK does not match expected pattern: Gcp(\"\(encryptionKey)\")")
        }
    }

    private static let twoVectorIndexes = ServiceError.invalid(
        "Both spann and hnsw config cannot be present at the same time.")

    private func checkDefaults() throws(ServiceError) {
        if let vector = defaults.floatList?.vector {
            if vector.isEnabled {
                throw .invalid(
                    "Vector index cannot be enabled by default. It can only be enabled on "
                        + "#embedding field.")
            }
            if vector.hnsw != nil, vector.spann != nil { throw Self.twoVectorIndexes }
        }
        if defaults.sparseVector?.sparse?.isEnabled == true {
            throw .invalid(
                "Sparse vector index cannot be enabled by default. Please enable sparse vector "
                    + "index on specific keys.")
        }
        if defaults.string?.isFullTextEnabled == true {
            throw .invalid(
                "Full text search / regular expression index cannot be enabled by default. It "
                    + "can only be enabled on #document field.")
        }
    }

    private func checkTypes(of key: MetadataKey, _ types: ValueTypes) throws(ServiceError) {
        let isSpecial = key == Self.documentKey || key == Self.embeddingKey
        if key.value.utf8.first == UInt8(ascii: "#"), !isSpecial {
            throw .invalid(
                "key cannot begin with '#'. Keys starting with '#' are reserved for system "
                    + "use: \(key)")
        }
        let hasScalars = types.bool != nil || types.float != nil || types.int != nil
        let hasSparse = types.sparseVector != nil
        if key == Self.documentKey, hasScalars || hasSparse || types.floatList != nil {
            throw .invalid(
                "Document field cannot have any value types other than string: \(key)")
        }
        if key == Self.embeddingKey, hasScalars || hasSparse || types.string != nil {
            throw .invalid(
                "Embedding field cannot have any value types other than float_list: \(key)")
        }
    }

    private func checkVector(
        of key: MetadataKey, _ vector: VectorIndex?
    ) throws(ServiceError) {
        guard let vector else { return }
        if vector.isEnabled, key != Self.embeddingKey {
            throw .invalid("Vector index can only be enabled on #embedding field: \(key)")
        }
        if let source = vector.sourceKey, !source.isByteEqual(to: Self.documentKey.value) {
            throw .invalid("Vector index can only source from #document")
        }
        if vector.hnsw != nil, vector.spann != nil { throw Self.twoVectorIndexes }
    }

    private func checkSparse(_ sparse: SparseIndex?) throws(ServiceError) {
        guard let sparse, let source = sparse.sourceKey else { return }
        if sparse.isEnabled, sparse.embeddingFunction == nil {
            throw .invalid(
                "If source_key is provided then embedding_function must also be provided since "
                    + "there is no default embedding function.")
        }
        let isDocument = source.isByteEqual(to: Self.documentKey.value)
        if source.utf8.first == UInt8(ascii: "#"), !isDocument {
            throw .invalid(
                "source_key cannot begin with '#'. The only valid key starting with '#' is "
                    + "Key.DOCUMENT or '#document'.")
        }
    }

    private func checkStrings(
        of key: MetadataKey, _ string: StringIndexes?
    ) throws(ServiceError) {
        if string?.isFullTextEnabled == true, key != Self.documentKey {
            throw .invalid(
                "Full text search / regular expression index can only be enabled on #document "
                    + "field: \(key)")
        }
        if string?.isInvertedEnabled == true, key == Self.documentKey {
            throw .invalid("String inverted index can not be enabled on #document key: \(key)")
        }
    }

    /// `projects/P/locations/L/keyRings/R/cryptoKeys/K`, no part empty.
    private static func isKeyResource(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let words = ["projects", "locations", "keyRings", "cryptoKeys"]
        guard parts.count == 2 * words.count else { return false }
        return words.indices.allSatisfy { index in
            parts[2 * index] == words[index] && !parts[2 * index + 1].isEmpty
        }
    }
}

/// Which of Chroma's two servers the configuration looks like (protocol §5.1).
package enum IndexFlavour: String, Sendable, CaseIterable {
    /// The single-node server.
    case hnsw
    /// Chroma Cloud.
    case spann
}

extension Schema {
    /// The schema of a collection that nothing was said about (protocol §5.2).
    package static func standard(_ flavour: IndexFlavour) -> Schema {
        var defaults = ValueTypes()
        defaults.string = StringIndexes(isFullTextEnabled: false, isInvertedEnabled: true)
        defaults.floatList = VectorIndexes(vector: .standard(flavour, isEnabled: false))
        defaults.sparseVector = SparseIndexes(
            sparse: SparseIndex(isEnabled: false, embeddingFunction: .unknown, isBM25: false))
        defaults.int = InvertedIndex(isEnabled: true)
        defaults.float = InvertedIndex(isEnabled: true)
        defaults.bool = InvertedIndex(isEnabled: true)

        var document = ValueTypes()
        document.string = StringIndexes(isFullTextEnabled: true, isInvertedEnabled: false)
        var embedding = ValueTypes()
        var vector = VectorIndex.standard(flavour, isEnabled: true)
        vector.sourceKey = documentKey.value
        embedding.floatList = VectorIndexes(vector: vector)
        return Schema(
            defaults: defaults, keys: [documentKey: document, embeddingKey: embedding])
    }

    /// Changes the vector index of the defaults and of `#embedding`.
    package mutating func updateVectorIndexes(_ change: (inout VectorIndex) -> Void) {
        if var vector = defaults.floatList?.vector {
            change(&vector)
            defaults.floatList?.vector = vector
        }
        if var vector = keys[Self.embeddingKey]?.floatList?.vector {
            change(&vector)
            keys[Self.embeddingKey]?.floatList?.vector = vector
        }
    }

    /// The index that searches use.
    package var vectorIndex: VectorIndex? {
        keys[Self.embeddingKey]?.floatList?.vector ?? defaults.floatList?.vector
    }
}

extension VectorIndex {
    package static func standard(_ flavour: IndexFlavour, isEnabled: Bool) -> VectorIndex {
        VectorIndex(
            isEnabled: isEnabled, space: .l2, hnsw: flavour == .hnsw ? .defaults : nil,
            spann: flavour == .spann ? .defaults : nil)
    }
}

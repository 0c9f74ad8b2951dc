/// Which values of a collection are indexed, and how (protocol §5.2).
package struct Schema: Hashable, Sendable {
    package static let documentKey = MetadataKey("#document")
    package static let embeddingKey = MetadataKey("#embedding")

    /// For keys that `keys` doesn't name.
    package var defaults: ValueTypes
    package var keys: [MetadataKey: ValueTypes]
    /// The customer's encryption key: a Google Cloud KMS resource name.
    package var encryptionKey: String?

    package init(
        defaults: ValueTypes, keys: [MetadataKey: ValueTypes], encryptionKey: String? = nil
    ) {
        self.defaults = defaults
        self.keys = keys
        self.encryptionKey = encryptionKey
    }
}

/// The indexes of one key, by type of value; nil where nothing is said.
package struct ValueTypes: Hashable, Sendable {
    package var string: StringIndexes?
    package var floatList: VectorIndexes?
    package var sparseVector: SparseIndexes?
    package var int: InvertedIndex?
    package var float: InvertedIndex?
    package var bool: InvertedIndex?

    package init() {}
}

/// The indexes of strings. Each is on, off or not said.
package struct StringIndexes: Hashable, Sendable {
    package var isFullTextEnabled: Bool?
    package var isInvertedEnabled: Bool?

    package init(isFullTextEnabled: Bool? = nil, isInvertedEnabled: Bool? = nil) {
        self.isFullTextEnabled = isFullTextEnabled
        self.isInvertedEnabled = isInvertedEnabled
    }
}

/// The index of integers, floats or booleans: on, off or not said.
package struct InvertedIndex: Hashable, Sendable {
    package var isEnabled: Bool?

    package init(isEnabled: Bool? = nil) { self.isEnabled = isEnabled }
}

/// The indexes of dense vectors.
package struct VectorIndexes: Hashable, Sendable {
    package var vector: VectorIndex?

    package init(vector: VectorIndex? = nil) { self.vector = vector }
}

/// An index of dense vectors.
package struct VectorIndex: Hashable, Sendable {
    package var isEnabled: Bool
    package var space: DistanceSpace?
    package var embeddingFunction: EmbeddingFunctionDescriptor?
    package var sourceKey: String?
    package var hnsw: IndexParameters<HNSWParameter>?
    package var spann: IndexParameters<SPANNParameter>?
    /// Whether the client asked for quantised vectors, which is not its to choose.
    package var isQuantized = false

    package init(
        isEnabled: Bool, space: DistanceSpace? = nil, sourceKey: String? = nil,
        embeddingFunction: EmbeddingFunctionDescriptor? = nil,
        hnsw: IndexParameters<HNSWParameter>? = nil,
        spann: IndexParameters<SPANNParameter>? = nil
    ) {
        self.isEnabled = isEnabled
        self.space = space
        self.sourceKey = sourceKey
        self.embeddingFunction = embeddingFunction
        self.hnsw = hnsw
        self.spann = spann
    }
}

/// The indexes of sparse vectors.
package struct SparseIndexes: Hashable, Sendable {
    package var sparse: SparseIndex?

    package init(sparse: SparseIndex? = nil) { self.sparse = sparse }
}

/// An index of sparse vectors.
package struct SparseIndex: Hashable, Sendable {
    package var isEnabled: Bool
    package var embeddingFunction: EmbeddingFunctionDescriptor?
    package var sourceKey: String?
    package var isBM25: Bool?

    package init(
        isEnabled: Bool, embeddingFunction: EmbeddingFunctionDescriptor? = nil,
        sourceKey: String? = nil, isBM25: Bool? = nil
    ) {
        self.isEnabled = isEnabled
        self.embeddingFunction = embeddingFunction
        self.sourceKey = sourceKey
        self.isBM25 = isBM25
    }
}

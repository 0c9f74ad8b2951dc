/// What a client says of one kind of vector index: the older way to configure (protocol §5.1).
package struct VectorConfiguration<Parameter: IndexParameter>: Hashable, Sendable {
    package var space: DistanceSpace?
    package var parameters: IndexParameters<Parameter>

    package init(
        space: DistanceSpace? = nil, parameters: IndexParameters<Parameter> = IndexParameters()
    ) {
        self.space = space
        self.parameters = parameters
    }
}

/// The `configuration` of a new collection, as sent.
package struct CollectionConfiguration: Hashable, Sendable {
    package var hnsw: VectorConfiguration<HNSWParameter>?
    package var spann: VectorConfiguration<SPANNParameter>?
    package var embeddingFunction: EmbeddingFunctionDescriptor?

    package init(
        hnsw: VectorConfiguration<HNSWParameter>? = nil,
        spann: VectorConfiguration<SPANNParameter>? = nil,
        embeddingFunction: EmbeddingFunctionDescriptor? = nil
    ) {
        self.hnsw = hnsw
        self.spann = spann
        self.embeddingFunction = embeddingFunction
    }
}

/// The `new_configuration` of a collection, as sent: nil leaves things as they are
/// (protocol §5.4).
package struct ConfigurationUpdate: Hashable, Sendable {
    package var hnsw: IndexParameters<HNSWParameter>?
    package var spann: IndexParameters<SPANNParameter>?
    package var embeddingFunction: EmbeddingFunctionDescriptor?

    package init(
        hnsw: IndexParameters<HNSWParameter>? = nil,
        spann: IndexParameters<SPANNParameter>? = nil,
        embeddingFunction: EmbeddingFunctionDescriptor? = nil
    ) {
        self.hnsw = hnsw
        self.spann = spann
        self.embeddingFunction = embeddingFunction
    }
}

/// One truth out of the two ways to configure a collection (protocol §5.3).
extension Schema {
    /// The schema of a new collection.
    ///
    /// - Parameter metadata: its `hnsw:*` entries configure too, the oldest way.
    /// - Throws: `invalidArgument` when schema and configuration both say something, or one of
    ///   them is invalid.
    package static func reconciled(
        configuration: CollectionConfiguration?, schema: Schema?, metadata: Metadata?,
        flavour: IndexFlavour
    ) throws(ServiceError) -> Schema {
        let configured = try (configuration ?? CollectionConfiguration())
            .vectorIndex(metadata, flavour)
        if let schema, !schema.isDefault, !configured.hasDefaultSettings {
            throw .invalid(
                "Failed to reconcile schema: Cannot set both collection config and schema "
                    + "simultaneously")
        }
        var result = try completed(schema, flavour)
        if configured.hasDefaultSettings {
            guard result.isDefault, let function = configured.embeddingFunction else {
                return result
            }
            result.updateVectorIndexes { $0.embeddingFunction = function }
            return result
        }
        result = .standard(flavour)
        result.updateVectorIndexes { vector in
            vector.space = configured.space
            vector.embeddingFunction = configured.embeddingFunction
            vector.hnsw = configured.hnsw
            vector.spann = configured.spann
        }
        return result
    }

    private static func completed(
        _ schema: Schema?, _ flavour: IndexFlavour
    ) throws(ServiceError) -> Schema {
        guard let schema else { return .standard(flavour) }
        do throws(ServiceError) {
            return try schema.completed(flavour)
        } catch {
            throw .invalid("Failed to reconcile schema: \(error.message)")
        }
    }

    /// Applies a change that the client may make (protocol §5.4). One for the other flavour's
    /// index is ignored.
    package mutating func update(_ change: ConfigurationUpdate) {
        updateVectorIndexes { vector in
            if let function = change.embeddingFunction { vector.embeddingFunction = function }
            if let hnsw = vector.hnsw { vector.hnsw = change.hnsw?.over(hnsw) ?? hnsw }
            if let spann = vector.spann { vector.spann = change.spann?.over(spann) ?? spann }
        }
    }
}

extension CollectionConfiguration {
    static let twoIndexes = ServiceError.invalid(
        "Multiple vector index configurations provided")

    /// The index that is meant, complete. Of the other flavour's only the space carries over.
    fileprivate func vectorIndex(
        _ metadata: Metadata?, _ flavour: IndexFlavour
    ) throws(ServiceError) -> VectorIndex {
        guard let spann else {
            let hnsw = try effectiveHNSW(metadata)
            var index = VectorIndex.standard(flavour, isEnabled: true)
            index.embeddingFunction = embeddingFunction
            index.space = hnsw.space ?? .l2
            if flavour == .hnsw { index.hnsw = hnsw.parameters.over(.defaults) }
            return index
        }
        if hnsw != nil { throw Self.twoIndexes }
        var index = VectorIndex.standard(flavour, isEnabled: true)
        index.embeddingFunction = embeddingFunction
        index.space = spann.space ?? .l2
        if flavour == .spann {
            try spann.parameters.checkRanges("SPANN")
            index.spann = spann.parameters.over(.defaults)
        }
        return index
    }

    /// Metadata counts when the configuration is the default one, even an explicit one.
    private func effectiveHNSW(
        _ metadata: Metadata?
    ) throws(ServiceError) -> VectorConfiguration<HNSWParameter> {
        let legacy = try LegacyIndexMetadata.configuration(metadata)
        guard let hnsw else { return legacy }
        let isDefault = (hnsw.space ?? .l2) == .l2 && hnsw.parameters.isDefault
        return isDefault ? legacy : hnsw
    }
}

extension ConfigurationUpdate {
    /// Throws `invalidArgument` when two kinds of index are changed at once.
    package func validate() throws(ServiceError) {
        if hnsw != nil, spann != nil { throw CollectionConfiguration.twoIndexes }
    }
}

/// A client's schema over the standard one (protocol §5.3, step 1).
extension Schema {
    /// What a client sent, with the standard filled in where it says nothing.
    ///
    /// - Throws: `invalidArgument` when a parameter is out of range.
    package func completed(_ flavour: IndexFlavour) throws(ServiceError) -> Schema {
        var result = Schema.standard(flavour)
        result.encryptionKey = encryptionKey
        try checkQuantization(flavour)
        result.defaults = defaults.over(result.defaults, flavour)
        try result.defaults.checkParameters()
        for (key, types) in keys {
            guard let base = result.keys[key] else {
                result.keys[key] = types
                continue
            }
            let merged = types.over(base, flavour)
            try merged.checkParameters()
            result.keys[key] = merged
        }
        return result
    }
}

extension Schema {
    private func checkQuantization(_ flavour: IndexFlavour) throws(ServiceError) {
        let indexes = [defaults.floatList?.vector, keys[Self.embeddingKey]?.floatList?.vector]
        guard flavour == .spann, indexes.contains(where: { $0?.isQuantized == true }) else {
            return
        }
        throw .invalid("Invalid schema input: quantize field cannot be set in user schema.")
    }
}

extension ValueTypes {
    fileprivate func over(_ base: ValueTypes, _ flavour: IndexFlavour) -> ValueTypes {
        var result = base
        if let string {
            result.string = StringIndexes(
                isFullTextEnabled: string.isFullTextEnabled ?? base.string?.isFullTextEnabled,
                isInvertedEnabled: string.isInvertedEnabled ?? base.string?.isInvertedEnabled)
        }
        result.int = int?.over(base.int) ?? base.int
        result.float = float?.over(base.float) ?? base.float
        result.bool = bool?.over(base.bool) ?? base.bool
        if let floatList {
            let vector = floatList.vector?.over(base.floatList?.vector, flavour)
            result.floatList = VectorIndexes(vector: vector ?? base.floatList?.vector)
        }
        if let sparseVector {
            let sparse = sparseVector.sparse?.over(base.sparseVector?.sparse)
            result.sparseVector = SparseIndexes(sparse: sparse ?? base.sparseVector?.sparse)
        }
        return result
    }

    fileprivate func checkParameters() throws(ServiceError) {
        guard let vector = floatList?.vector else { return }
        try vector.hnsw?.checkRanges("HNSW")
        try vector.spann?.checkRanges("SPANN")
    }
}

extension InvertedIndex {
    fileprivate func over(_ base: InvertedIndex?) -> InvertedIndex {
        InvertedIndex(isEnabled: isEnabled ?? base?.isEnabled)
    }
}

extension VectorIndex {
    /// Parameters of the other flavour are dropped; only `space` carries over.
    fileprivate func over(_ base: VectorIndex?, _ flavour: IndexFlavour) -> VectorIndex {
        guard let base else { return self }
        let hnsw = hnsw ?? IndexParameters()
        let spann = spann ?? IndexParameters()
        return VectorIndex(
            isEnabled: isEnabled, space: space ?? base.space,
            sourceKey: sourceKey ?? base.sourceKey,
            embeddingFunction: embeddingFunction ?? base.embeddingFunction,
            hnsw: flavour == .hnsw ? hnsw.over(base.hnsw ?? .defaults) : nil,
            spann: flavour == .spann ? spann.over(base.spann ?? .defaults) : nil)
    }
}

extension SparseIndex {
    fileprivate func over(_ base: SparseIndex?) -> SparseIndex {
        guard let base else { return self }
        return SparseIndex(
            isEnabled: isEnabled, embeddingFunction: embeddingFunction ?? base.embeddingFunction,
            sourceKey: sourceKey ?? base.sourceKey, isBM25: isBM25 ?? base.isBM25)
    }
}

extension IndexParameters {
    /// Throws `invalidArgument` when a value is out of range.
    ///
    /// - Parameter index: `HNSW` or `SPANN`.
    package func checkRanges(_ index: String) throws(ServiceError) {
        guard let parameter = outOfRange else { return }
        let range = parameter.rule.range
        throw .invalid(
            "Invalid \(index) configuration: \(parameter.rawValue): must be between "
                + "\(range.lowerBound) and \(range.upperBound)")
    }
}

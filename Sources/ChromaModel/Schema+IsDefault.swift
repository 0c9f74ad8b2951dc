/// Whether a schema says anything; decided by value (protocol §5.3, step 2).
extension Schema {
    /// Whether it indexes as the standard schema does, in either flavour.
    package var isDefault: Bool {
        guard encryptionKey == nil, defaults.isDefault else { return false }
        return keys.allSatisfy { key, types in
            switch key {
            case Self.documentKey: types.isDefaultOfDocument
            case Self.embeddingKey: types.isDefaultOfEmbedding
            default: false
            }
        }
    }
}

extension ValueTypes {
    fileprivate var isDefault: Bool {
        (string?.isInvertedEnabled ?? true) && !(string?.isFullTextEnabled ?? false)
            && [int, float, bool].allSatisfy { $0?.isEnabled ?? true }
            && (floatList?.vector?.isDefault(isEnabled: false, sourceKey: nil) ?? true)
            && (sparseVector?.sparse?.isDefault ?? true)
    }

    fileprivate var isDefaultOfEmbedding: Bool {
        guard string == nil, int == nil, float == nil, bool == nil, sparseVector == nil else {
            return false
        }
        return floatList?.vector?.isDefault(
            isEnabled: true, sourceKey: Schema.documentKey.value) ?? true
    }

    fileprivate var isDefaultOfDocument: Bool {
        guard floatList == nil, int == nil, float == nil, bool == nil, sparseVector == nil else {
            return false
        }
        return (string?.isFullTextEnabled ?? true) && !(string?.isInvertedEnabled ?? false)
    }
}

extension VectorIndex {
    fileprivate func isDefault(isEnabled: Bool, sourceKey: String?) -> Bool {
        self.isEnabled == isEnabled && self.sourceKey == sourceKey
            && (hnsw == nil || spann == nil) && hasDefaultSettings
    }

    /// Whether space, parameters and embedding function say nothing.
    package var hasDefaultSettings: Bool {
        (space ?? .l2) == .l2 && (embeddingFunction?.isDefault ?? true)
            && (hnsw?.isDefault ?? true) && (spann?.isDefault ?? true)
    }
}

extension SparseIndex {
    fileprivate var isDefault: Bool {
        !isEnabled && (embeddingFunction?.isDefault ?? true) && sourceKey == nil
            && !(isBM25 ?? false)
    }
}

import ChromaModel

/// What metadata must obey wherever it is written (protocol §2.4).
enum MetadataRules {
    /// Throws what is wrong with the first bad entry.
    static func check(_ patch: MetadataPatch) throws(ServiceError) {
        for change in patch.changes {
            try check(change.key)
            if let value = change.value { try check(value) }
        }
    }

    /// Like `check`, for a collection's metadata, which must not be empty either.
    static func checkNonEmpty(_ patch: MetadataPatch) throws(ServiceError) {
        if patch.changes.isEmpty { throw .invalid("Metadata cannot be empty") }
        try check(patch)
    }

    private static func check(_ value: MetadataValue) throws(ServiceError) {
        switch value {
        case .sparse(let vector) where !vector.isValid:
            throw .invalid(
                "Invalid sparse vector: needs as many values as indices, indices strictly "
                    + "ascending, values finite")
        case .float(let number) where !number.isFinite: throw nonFinite
        case .floats(let numbers) where !numbers.allSatisfy(\.isFinite): throw nonFinite
        default: break
        }
    }

    private static let nonFinite = ServiceError.invalid(
        "Metadata values must not be NaN or Infinity")

    private static func check(_ key: MetadataKey) throws(ServiceError) {
        guard let first = key.value.utf8.first else {
            throw .invalid("Metadata key cannot be empty")
        }
        if first == .ascii("#") || first == .ascii("$") {
            throw .invalid("Metadata key cannot start with '#' or '$': \(key)")
        }
    }
}

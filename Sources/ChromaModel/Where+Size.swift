extension Where {
    /// About how many bytes its operands take.
    package var operandBytes: Int {
        switch self {
        case .all(let parts), .any(let parts):
            parts.reduce(Self.partBytes) { $0 + $1.operandBytes }
        case .metadata(let key, let predicate):
            Self.partBytes + key.value.utf8.count + predicate.operandBytes
        case .document(.contains(let text)), .document(.doesNotContain(let text)),
            .document(.matches(regex: let text)), .document(.doesNotMatch(regex: let text)):
            Self.partBytes + text.utf8.count
        case .id(.isIn(let ids)), .id(.isNotIn(let ids)):
            ids.reduce(Self.partBytes) { $0 + Self.scalarBytes + $1.value.utf8.count }
        }
    }

    private static let partBytes = 48
    fileprivate static let scalarBytes = 16
}

extension MetadataPredicate {
    fileprivate var operandBytes: Int {
        switch self {
        case .equal(let scalar), .notEqual(let scalar), .contains(let scalar),
            .doesNotContain(let scalar):
            scalar.operandBytes
        case .greater, .greaterOrEqual, .less, .lessOrEqual: Where.scalarBytes
        case .isIn(let list), .isNotIn(let list): list.reduce(0) { $0 + $1.operandBytes }
        }
    }
}

extension FilterScalar {
    fileprivate var operandBytes: Int {
        guard case .string(let text) = self else { return Where.scalarBytes }
        return Where.scalarBytes + text.utf8.count
    }
}

import ChromaModel

/// What a read costs, in units of scanning its collection once (protocol §9.2).
package enum QueryUnits {
    /// One for each embedding, and the filter's; a read without either scans once.
    package static func of(embeddings: Int, filter: Where?) -> Int {
        max(1, embeddings + (filter?.queryUnits ?? 0))
    }
}

extension Where {
    /// 1 for each comparison with a value, so as many as there are values for `$in` and `$nin`;
    /// max(N, 3) − 2 for an operand of N bytes on documents. Ids are looked up, not scanned for.
    package var queryUnits: Int {
        switch self {
        case .all(let parts), .any(let parts): parts.reduce(0) { $0 + $1.queryUnits }
        case .metadata(_, let predicate): predicate.queryUnits
        case .document(let predicate): max(predicate.operand.utf8.count, 3) - 2
        case .id: 0
        }
    }
}

extension MetadataPredicate {
    fileprivate var queryUnits: Int {
        switch self {
        case .isIn(let values), .isNotIn(let values): values.count
        default: 1
        }
    }
}

extension DocumentPredicate {
    fileprivate var operand: String {
        switch self {
        case .contains(let text), .doesNotContain(let text): text
        case .matches(let regex), .doesNotMatch(let regex): regex
        }
    }
}

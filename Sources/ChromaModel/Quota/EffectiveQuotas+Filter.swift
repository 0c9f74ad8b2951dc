extension EffectiveQuotas {
    /// A filter: how many conditions it has, and how large what they compare with is.
    ///
    /// Throws `unprocessable`.
    func check(_ filter: Where, for action: QuotaAction) throws(ServiceError) {
        var leaves = FilterLeaves()
        try walk(filter, for: action, &leaves)
        try check(.numWherePredicates, leaves.metadata, for: action)
        try check(.numWhereDocumentPredicates, leaves.document, for: action)
    }

    private struct FilterLeaves {
        var metadata = 0
        var document = 0
    }

    /// The parser bounds the depth, so recursion is safe.
    private func walk(_ filter: Where, for action: QuotaAction, _ leaves: inout FilterLeaves)
        throws(ServiceError)
    {
        switch filter {
        case .all(let members), .any(let members):
            for member in members { try walk(member, for: action, &leaves) }
        case .metadata(_, let predicate):
            leaves.metadata += 1
            for operand in predicate.operands {
                guard case .string(let text) = operand else { continue }
                try check(.whereValueSizeBytes, text.utf8.count, for: action)
            }
        case .document(let predicate):
            leaves.document += 1
            try check(predicate.usage, predicate.text.unicodeScalars.count, for: action)
        case .id(.isIn(let ids)), .id(.isNotIn(let ids)):
            leaves.metadata += 1
            try check(.numQueryIDs, ids.count, for: action)
        }
    }
}

extension MetadataPredicate {
    fileprivate var operands: [FilterScalar] {
        switch self {
        case .equal(let value), .notEqual(let value), .contains(let value),
            .doesNotContain(let value):
            [value]
        case .isIn(let values), .isNotIn(let values): values
        case .greater, .greaterOrEqual, .less, .lessOrEqual: []
        }
    }
}

extension DocumentPredicate {
    fileprivate var text: String {
        switch self {
        case .contains(let text), .doesNotContain(let text), .matches(let text),
            .doesNotMatch(let text):
            text
        }
    }

    fileprivate var usage: UsageType {
        switch self {
        case .contains, .doesNotContain: .whereDocumentValueLength
        case .matches, .doesNotMatch: .regexPatternLength
        }
    }
}

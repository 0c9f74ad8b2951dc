/// A number in a filter; compared exactly across int and float (protocol §4.2).
package enum FilterNumber: Hashable, Sendable {
    case int(Int64)
    case float(Double)
}

/// An operand of a filter.
package enum FilterScalar: Hashable, Sendable {
    case string(String)
    case bool(Bool)
    case number(FilterNumber)
}

/// An operator on one metadata field.
package enum MetadataPredicate: Hashable, Sendable {
    case equal(FilterScalar)
    case notEqual(FilterScalar)
    case greater(FilterNumber)
    case greaterOrEqual(FilterNumber)
    case less(FilterNumber)
    case lessOrEqual(FilterNumber)
    case isIn([FilterScalar])
    case isNotIn([FilterScalar])
    /// Membership in an array field.
    case contains(FilterScalar)
    case doesNotContain(FilterScalar)
}

/// An operator on the document.
package enum DocumentPredicate: Hashable, Sendable {
    case contains(String)
    case doesNotContain(String)
    case matches(regex: String)
    case doesNotMatch(regex: String)
}

/// An operator on record ids: the key `#id`.
package enum IDPredicate: Hashable, Sendable {
    case isIn([RecordID])
    case isNotIn([RecordID])
}

/// A filter: `where` and `where_document` of protocol §4 in one tree.
///
/// Its depth is bounded by the parser (`JSONLimits.depthMax`), so recursion over it is safe.
package indirect enum Where: Hashable, Sendable {
    /// True when empty.
    case all([Where])
    /// False when empty.
    case any([Where])
    case metadata(MetadataKey, MetadataPredicate)
    case document(DocumentPredicate)
    case id(IDPredicate)
}

/// A number in a filter; compared exactly across int and float (protocol §4.2).
package enum FilterNumber: Hashable, Sendable {
    case int(Int64)
    case float(Double)
}

/// An operand of a filter. Texts are compared by bytes.
package enum FilterScalar: Hashable, Sendable {
    case string(String)
    case bool(Bool)
    case number(FilterNumber)
}

extension FilterScalar {
    package static func == (left: FilterScalar, right: FilterScalar) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)): left.isByteEqual(to: right)
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .string(let text): FilterText(value: text).hash(into: &hasher)
        case .bool(let bool): hasher.combine(bool)
        case .number(let number): hasher.combine(number)
        }
    }
}

/// A text of a filter, by its bytes.
private struct FilterText: ByteText {
    let value: String
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

/// An operator on the document. Texts are compared by bytes.
package enum DocumentPredicate: Hashable, Sendable {
    case contains(String)
    case doesNotContain(String)
    case matches(regex: String)
    case doesNotMatch(regex: String)
}

extension DocumentPredicate {
    private var parts: (kind: Int, text: FilterText) {
        switch self {
        case .contains(let text): (0, FilterText(value: text))
        case .doesNotContain(let text): (1, FilterText(value: text))
        case .matches(let regex): (2, FilterText(value: regex))
        case .doesNotMatch(let regex): (3, FilterText(value: regex))
        }
    }

    package static func == (left: DocumentPredicate, right: DocumentPredicate) -> Bool {
        left.parts == right.parts
    }

    package func hash(into hasher: inout Hasher) {
        let parts = parts
        hasher.combine(parts.kind)
        hasher.combine(parts.text)
    }
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

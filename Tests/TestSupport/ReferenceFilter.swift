import ChromaModel

/// Filters as protocol §4.2 reads: each negative operator is the complement of its twin.
package enum ReferenceFilter {
    /// Throws `invalidArgument` for a pattern that is no regular expression.
    package static func matches(_ record: ReferenceRecord, _ filter: Where) throws -> Bool {
        switch filter {
        case .all(let parts): try parts.allSatisfy { try matches(record, $0) }
        case .any(let parts): try parts.contains { try matches(record, $0) }
        case .metadata(let key, let predicate): matches(record.metadata?[key], predicate)
        case .document(let predicate): try matches(record.document, predicate)
        case .id(.isIn(let ids)): ids.contains(record.id)
        case .id(.isNotIn(let ids)): !ids.contains(record.id)
        }
    }

    private static func matches(_ value: MetadataValue?, _ predicate: MetadataPredicate) -> Bool {
        switch predicate {
        case .equal(let operand): equals(value, operand)
        case .notEqual(let operand): !equals(value, operand)
        case .greater(let bound): order(value, bound) == 1
        case .greaterOrEqual(let bound): [0, 1].contains(order(value, bound))
        case .less(let bound): order(value, bound) == -1
        case .lessOrEqual(let bound): [-1, 0].contains(order(value, bound))
        case .isIn(let operands): operands.contains { equals(value, $0) }
        case .isNotIn(let operands): !operands.contains { equals(value, $0) }
        case .contains(let operand): hasElement(value, operand)
        case .doesNotContain(let operand): !hasElement(value, operand)
        }
    }

    private static func matches(_ document: String?, _ predicate: DocumentPredicate) throws
        -> Bool
    {
        switch predicate {
        case .contains(let text): contains(document, text)
        case .doesNotContain(let text): !contains(document, text)
        case .matches(let regex): try isMatched(document, by: regex)
        case .doesNotMatch(let regex): try !isMatched(document, by: regex)
        }
    }

    private static func equals(_ value: MetadataValue?, _ operand: FilterScalar) -> Bool {
        switch (value, operand) {
        case (.string(let left)?, .string(let right)): left.isByteEqual(to: right)
        case (.bool(let left)?, .bool(let right)): left == right
        case (_, .number(let right)): order(value, right) == 0
        default: false
        }
    }

    /// Sign of value − bound, compared exactly; nil when the value is no number.
    private static func order(_ value: MetadataValue?, _ bound: FilterNumber) -> Int? {
        switch (value, bound) {
        case (.int(let left)?, .int(let right)): left < right ? -1 : left > right ? 1 : 0
        case (.float(let left)?, .float(let right)): left < right ? -1 : left > right ? 1 : 0
        case (.int(let left)?, .float(let right)): compare(left, right)
        case (.float(let left)?, .int(let right)): -compare(right, left)
        default: nil
        }
    }

    private static func compare(_ integer: Int64, _ float: Double) -> Int {
        if float >= 0x1p63 { return -1 }
        if float < -0x1p63 { return 1 }
        let whole = Int64(float.rounded(.down))
        if integer != whole { return integer < whole ? -1 : 1 }
        return float > float.rounded(.down) ? -1 : 0
    }

    private static func hasElement(_ value: MetadataValue?, _ operand: FilterScalar) -> Bool {
        switch (value, operand) {
        case (.strings(let list)?, .string(let text)): list.contains { $0.isByteEqual(to: text) }
        case (.bools(let list)?, .bool(let flag)): list.contains(flag)
        case (.ints(let list)?, .number(.int(let number))): list.contains(number)
        case (.floats(let list)?, .number(.float(let number))): list.contains(number)
        default: false
        }
    }

    private static func contains(_ document: String?, _ text: String) -> Bool {
        guard let document else { return false }
        let (bytes, wanted) = (Array(document.utf8), Array(text.utf8))
        guard wanted.count <= bytes.count else { return false }
        return (0...(bytes.count - wanted.count)).contains {
            bytes[$0..<($0 + wanted.count)].elementsEqual(wanted)
        }
    }

    private static func isMatched(_ document: String?, by pattern: String) throws -> Bool {
        do {
            // Scalar semantics, as RE2 has them: "." is one code point.
            let regex = try Regex(pattern).matchingSemantics(.unicodeScalar)
            return try document.map { try regex.firstMatch(in: $0) != nil } ?? false
        } catch {
            throw ServiceError.invalid("Regex syntax errror: regex parse error: \(error)")
        }
    }
}

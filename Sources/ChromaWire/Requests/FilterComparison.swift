import ChromaModel

/// What an operator works on.
enum FilterOperand {
    case scalar(FilterScalar)
    case list([FilterScalar])
}

/// One comparison of a filter, as written.
struct FilterComparison {
    static let documentKey = "#document"
    static let idKey = "#id"

    let key: String
    let name: String
    let operand: FilterOperand

    /// What it means; nil when operator, key and operand don't go together (protocol §4.1).
    var clause: Where? {
        if key == Self.documentKey, case .scalar(let scalar) = operand, isDocumentOperator {
            guard case .string(let text) = scalar else { return nil }
            return JSONScanner.documentClause(name, text)
        }
        if key == Self.idKey, let predicate = idPredicate { return .id(predicate) }
        return metadataPredicate.map { .metadata(MetadataKey(key), $0) }
    }

    private var isDocumentOperator: Bool {
        ["$contains", "$not_contains", "$regex", "$not_regex"].contains(name)
    }

    private var metadataPredicate: MetadataPredicate? {
        switch operand {
        case .list(let list):
            switch name {
            case "$in": .isIn(list)
            case "$nin": .isNotIn(list)
            default: nil
            }
        case .scalar(let scalar): equality(scalar) ?? order(scalar)
        }
    }

    private func equality(_ scalar: FilterScalar) -> MetadataPredicate? {
        switch name {
        case "$eq": .equal(scalar)
        case "$ne": .notEqual(scalar)
        case "$contains": .contains(scalar)
        case "$not_contains": .doesNotContain(scalar)
        default: nil
        }
    }

    private func order(_ scalar: FilterScalar) -> MetadataPredicate? {
        guard case .number(let number) = scalar else { return nil }
        switch name {
        case "$gt": return .greater(number)
        case "$gte": return .greaterOrEqual(number)
        case "$lt": return .less(number)
        case "$lte": return .lessOrEqual(number)
        default: return nil
        }
    }

    /// The operators that work on ids; any other makes `#id` a key that no record has.
    private var idPredicate: IDPredicate? {
        switch (name, operand) {
        case ("$eq", .scalar(.string(let id))): .isIn([RecordID(id)])
        case ("$ne", .scalar(.string(let id))): .isNotIn([RecordID(id)])
        case ("$in", .list(let list)): Self.ids(list).map { .isIn($0) }
        case ("$nin", .list(let list)): Self.ids(list).map { .isNotIn($0) }
        default: nil
        }
    }

    private static func ids(_ list: [FilterScalar]) -> [RecordID]? {
        var ids: [RecordID] = []
        for case .string(let id) in list { ids.append(RecordID(id)) }
        return ids.count == list.count ? ids : nil
    }
}

extension JSONScanner {
    /// A document operator applied to a pattern; nil when there is no such operator.
    static func documentClause(_ name: String, _ pattern: String) -> Where? {
        switch name {
        case "$contains": .document(.contains(pattern))
        case "$not_contains": .document(.doesNotContain(pattern))
        case "$regex": .document(.matches(regex: pattern))
        case "$not_regex": .document(.doesNotMatch(regex: pattern))
        default: nil
        }
    }
}

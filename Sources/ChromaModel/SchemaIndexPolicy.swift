/// Whether a filter only asks for what is indexed (protocol §4.2, last rows).
package struct SchemaIndexPolicy: Sendable {
    private let schema: Schema

    package init(_ schema: Schema) { self.schema = schema }

    /// Throws `invalidArgument` at the first condition whose index is disabled.
    package func check(_ filter: Where) throws(ServiceError) {
        switch filter {
        case .all(let conditions), .any(let conditions):
            for condition in conditions { try check(condition) }
        case .id: break
        case .document:
            guard isFullTextEnabled else {
                throw .invalid(
                    "Cannot filter using full-text search because FTS indexing is disabled")
            }
        case .metadata(let key, let predicate):
            guard let type = predicate.operandType, !isEnabled(key, type) else { return }
            throw .invalid(
                "Cannot filter using metadata key '\(key)' with type '\(type.rawValue)' because "
                    + "indexing is disabled")
        }
    }

    private var isFullTextEnabled: Bool {
        let document = schema.keys[Schema.documentKey]?.string?.isFullTextEnabled
        return document ?? schema.defaults.string?.isFullTextEnabled ?? false
    }

    private func isEnabled(_ key: MetadataKey, _ type: OperandType) -> Bool {
        type.isEnabled(in: schema.keys[key]) ?? type.isEnabled(in: schema.defaults) ?? true
    }
}

/// The type of an operand, by upstream's name.
private enum OperandType: String {
    case string = "Str"
    case int = "Int"
    case float = "Float"
    case bool = "Bool"

    init(_ scalar: FilterScalar) {
        switch scalar {
        case .string: self = .string
        case .bool: self = .bool
        case .number(let number): self.init(number)
        }
    }

    init(_ number: FilterNumber) {
        switch number {
        case .int: self = .int
        case .float: self = .float
        }
    }

    func isEnabled(in types: ValueTypes?) -> Bool? {
        switch self {
        case .string: types?.string?.isInvertedEnabled
        case .int: types?.int?.isEnabled
        case .float: types?.float?.isEnabled
        case .bool: types?.bool?.isEnabled
        }
    }
}

extension MetadataPredicate {
    fileprivate var operandType: OperandType? {
        switch self {
        case .equal(let scalar), .notEqual(let scalar), .contains(let scalar),
            .doesNotContain(let scalar):
            OperandType(scalar)
        case .greater(let number), .greaterOrEqual(let number), .less(let number),
            .lessOrEqual(let number):
            OperandType(number)
        case .isIn(let list), .isNotIn(let list): list.first.map { OperandType($0) }
        }
    }
}

import ChromaModel

/// What a filter looks up in a metadata index (protocol §4.2).
package enum MetadataTerm: Hashable, Sendable {
    /// A scalar of the same type and value.
    case text(TextDigest)
    case bool(Bool)
    /// A scalar int or float in a range.
    case numbers(NumberRange)
    /// An array with an element of the same type and value.
    case textElement(TextDigest)
    case boolElement(Bool)
    case intElement(Int64)
    case floatElement(Double)

    /// The term for a scalar that equals an operand.
    package init(equalTo operand: FilterScalar) {
        switch operand {
        case .string(let text): self = .text(TextDigest(text))
        case .bool(let bool): self = .bool(bool)
        case .number(let number): self = .numbers(NumberRange(number))
        }
    }

    /// The term for an array that holds an operand.
    package init(elementOf operand: FilterScalar) {
        switch operand {
        case .string(let text): self = .textElement(TextDigest(text))
        case .bool(let bool): self = .boolElement(bool)
        case .number(.int(let int)): self = .intElement(int)
        case .number(.float(let float)): self = .floatElement(float)
        }
    }
}

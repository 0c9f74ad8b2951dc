import ChromaModel

/// A positive test of one metadata value (protocol §4.2).
///
/// Numbers compare exactly across int and float; a bool never equals a number; an array equals
/// no scalar.
enum MetadataTest: Sendable {
    case equal(FilterScalar)
    case inRange(NumberRange)
    case oneOf(ScalarSet)
    case contains(FilterScalar)

    func passes(_ value: MetadataValue) -> Bool {
        switch self {
        case .equal(let scalar): Self.isEqual(value, scalar)
        case .inRange(let range): value.number.map(range.contains) ?? false
        case .oneOf(let set): set.contains(value)
        case .contains(let scalar): Self.contains(value, scalar)
        }
    }

    private static func isEqual(_ value: MetadataValue, _ scalar: FilterScalar) -> Bool {
        switch (value, scalar) {
        case (.string(let left), .string(let right)): left.isByteEqual(to: right)
        case (.bool(let left), .bool(let right)): left == right
        case (_, .number(let right)):
            value.number.flatMap { NumberOrder($0, comparedTo: right) } == .equal
        default: false
        }
    }

    /// Array membership; the element's type must be the operand's (1 is not 1.0 here).
    private static func contains(_ value: MetadataValue, _ scalar: FilterScalar) -> Bool {
        switch (value, scalar) {
        case (.strings(let list), .string(let text)): list.contains { $0.isByteEqual(to: text) }
        case (.bools(let list), .bool(let bool)): list.contains(bool)
        case (.ints(let list), .number(.int(let int))): list.contains(int)
        case (.floats(let list), .number(.float(let float))): list.contains(float)
        default: false
        }
    }
}

extension MetadataValue {
    /// The number of a scalar int or float.
    var number: FilterNumber? {
        switch self {
        case .int(let int): .int(int)
        case .float(let float): .float(float)
        default: nil
        }
    }
}

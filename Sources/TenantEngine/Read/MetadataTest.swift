import ChromaModel

/// A positive test of one metadata value (protocol §4.2).
///
/// Numbers compare exactly across int and float; a bool never equals a number; an array equals
/// no scalar.
enum MetadataTest: Sendable {
    case equal(FilterScalar)
    case compare(FilterNumber, @Sendable (NumberOrder) -> Bool)
    case oneOf(ScalarSet)
    case contains(FilterScalar)

    func passes(_ value: MetadataValue) -> Bool {
        switch self {
        case .equal(let scalar): Self.isEqual(value, scalar)
        case .compare(let number, let accepts):
            value.number.flatMap { NumberOrder($0, comparedTo: number) }.map(accepts) ?? false
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

/// How one number stands to another.
enum NumberOrder: Sendable {
    case below, equal, above

    /// Exact for every int and float; nil when one is NaN.
    init?(_ left: FilterNumber, comparedTo right: FilterNumber) {
        switch (left, right) {
        case (.int(let a), .int(let b)): self = a < b ? .below : a == b ? .equal : .above
        case (.float(let a), .float(let b)):
            guard !a.isNaN, !b.isNaN else { return nil }
            self = a < b ? .below : a == b ? .equal : .above
        case (.int(let a), .float(let b)):
            guard let order = Self.order(a, b) else { return nil }
            self = order
        case (.float(let a), .int(let b)):
            guard let order = Self.order(b, a) else { return nil }
            self = order == .below ? .above : order == .above ? .below : .equal
        }
    }

    /// Compares an int with a float without rounding either.
    private static func order(_ int: Int64, _ float: Double) -> NumberOrder? {
        if float.isNaN { return nil }
        // 2^63 and above, or below -2^63, are out of an Int64's range.
        if float >= 9_223_372_036_854_775_808 { return .below }
        if float < -9_223_372_036_854_775_808 { return .above }
        let whole = Int64(float.rounded(.down))
        if int != whole { return int < whole ? .below : .above }
        return float == float.rounded(.down) ? .equal : .below
    }
}

/// The operands of `$in`, hashed by type.
struct ScalarSet: Sendable {
    private struct Text: ByteText {
        let value: String
    }

    private var texts: Set<Text> = []
    private var bools: Set<Bool> = []
    private var ints: Set<Int64> = []
    private var floats: Set<Double> = []

    init(_ scalars: [FilterScalar]) {
        for scalar in scalars {
            switch scalar {
            case .string(let text): texts.insert(Text(value: text))
            case .bool(let bool): bools.insert(bool)
            case .number(let number): insert(number)
            }
        }
    }

    func contains(_ value: MetadataValue) -> Bool {
        switch value {
        case .string(let text): texts.contains(Text(value: text))
        case .bool(let bool): bools.contains(bool)
        case .int(let int): ints.contains(int)
        case .float(let float):
            floats.contains(float) || Int64(exactly: float).map(ints.contains) ?? false
        default: false
        }
    }

    /// A whole float is kept as the int it equals, so that both spellings meet.
    private mutating func insert(_ number: FilterNumber) {
        switch number {
        case .int(let int): ints.insert(int)
        case .float(let float):
            if let int = Int64(exactly: float) { ints.insert(int) } else { floats.insert(float) }
        }
    }
}

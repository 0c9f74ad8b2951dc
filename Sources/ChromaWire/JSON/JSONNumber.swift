/// A number of a JSON text, as its digits.
struct JSONNumber {
    /// The first 19 significant digits, or all when there are fewer.
    let mantissa: UInt64
    /// The power of ten that the mantissa is multiplied by.
    let exponent: Int
    let isNegative: Bool
    /// Whether the mantissa holds all digits.
    let isExact: Bool
    /// Whether there was neither a fraction nor an exponent.
    let isInteger: Bool
    /// The place of its text.
    let range: Range<Int>
}

/// What a number is to a reader that keeps integers apart (protocol §1.1, "Numbers").
enum JSONNumberValue {
    case int(Int64)
    /// An integer beyond `Int64` and within `UInt64`.
    case unsigned(UInt64)
    case float(Double)

    /// The nearest binary64.
    var double: Double {
        switch self {
        case .int(let value): Double(value)
        case .unsigned(let value): Double(value)
        case .float(let value): value
        }
    }
}

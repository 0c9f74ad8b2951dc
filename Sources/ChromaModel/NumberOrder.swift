/// How one number stands to another (protocol §4.2: exact across int and float).
package enum NumberOrder: Sendable {
    case below, equal, above

    /// Exact for every int and float; nil when one is NaN.
    package init?(_ left: FilterNumber, comparedTo right: FilterNumber) {
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

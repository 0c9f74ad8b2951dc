/// The numbers between two bounds, ints and floats alike. NaN is in no range.
package struct NumberRange: Hashable, Sendable {
    package struct Bound: Hashable, Sendable {
        package let number: FilterNumber
        /// Whether the bound itself is in the range.
        package let isInclusive: Bool

        package init(_ number: FilterNumber, isInclusive: Bool) {
            self.number = number
            self.isInclusive = isInclusive
        }
    }

    /// Nil: no bound on that side.
    package var lower: Bound?
    package var upper: Bound?

    package init(lower: Bound? = nil, upper: Bound? = nil) {
        self.lower = lower
        self.upper = upper
    }

    /// The numbers equal to one.
    package init(_ number: FilterNumber) {
        let bound = Bound(number, isInclusive: true)
        self.init(lower: bound, upper: bound)
    }

    package func contains(_ number: FilterNumber) -> Bool {
        !isBelow(number) && !isAbove(number) && NumberOrder(number, comparedTo: number) != nil
    }

    /// Whether a number lies before the range. True when the bound is NaN.
    package func isBelow(_ number: FilterNumber) -> Bool {
        guard let lower else { return false }
        let order = NumberOrder(number, comparedTo: lower.number)
        return !(order == .above || order == .equal && lower.isInclusive)
    }

    /// Whether a number lies behind the range. True when the bound is NaN.
    package func isAbove(_ number: FilterNumber) -> Bool {
        guard let upper else { return false }
        let order = NumberOrder(number, comparedTo: upper.number)
        return !(order == .below || order == .equal && upper.isInclusive)
    }
}

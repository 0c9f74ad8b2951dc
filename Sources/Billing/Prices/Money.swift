import ChromaModel

/// An amount of money, exact to a millionth of a millionth of the currency's unit.
///
/// Whole numbers only: no sum depends on the order of its parts.
package struct Money: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Digits behind the point.
    package static let scaleDigits = 12
    static let one: Int128 = 1_000_000_000_000

    /// In 10^-12 of the currency's unit.
    package let parts: Int128

    package init(parts: Int128) { self.parts = parts }

    package static let zero = Money(parts: 0)

    /// Reads a decimal such as "2.50" or "-0.0075", without exponent. Throws `invalidArgument`.
    package init(_ text: String) throws(ServiceError) {
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        let digits = text.utf8.dropFirst(isNegative ? 1 : 0)
        let halves = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(halves.count), halves.allSatisfy({ !$0.isEmpty }),
            halves.joined().allSatisfy({ (0x30...0x39).contains($0) }), halves[0].count <= 18,
            (halves.count == 1 ? 0 : halves[1].count) <= Self.scaleDigits
        else {
            throw .invalid(
                "An amount is a decimal such as 2.50, with at most \(Self.scaleDigits) digits"
                    + " behind the point.")
        }
        let fraction = halves.count == 1 ? [] : Array(halves[1])
        let padding = [UInt8](repeating: 0x30, count: Self.scaleDigits - fraction.count)
        let value = (Array(halves[0]) + fraction + padding)
            .reduce(Int128(0)) { $0 * 10 + Int128($1 - 0x30) }
        parts = isNegative ? -value : value
    }

    /// Without zeros at the end: "2.5", "0.0075", "0".
    package var description: String { Self.decimal(parts) }

    /// A number of 10^-12 as a decimal.
    static func decimal(_ parts: Int128) -> String {
        let magnitude = parts.magnitude
        let one = UInt128(one)
        var fraction = "\(magnitude % one)"
        fraction = String(repeating: "0", count: scaleDigits - fraction.utf8.count) + fraction
        while fraction.utf8.last == 0x30 { fraction.removeLast() }
        let whole = "\(parts < 0 ? "-" : "")\(magnitude / one)"
        return fraction.isEmpty ? whole : "\(whole).\(fraction)"
    }

    package static func < (left: Money, right: Money) -> Bool { left.parts < right.parts }

    /// Throws `invalidArgument` when the sum is larger than any that can be counted (10^26).
    package func adding(_ other: Money) throws(ServiceError) -> Money {
        let (sum, overflow) = parts.addingReportingOverflow(other.parts)
        guard !overflow else { throw Self.tooLarge }
        return Money(parts: sum)
    }

    static var tooLarge: ServiceError {
        .invalid("The amount is larger than can be counted; ask for a shorter time.")
    }
}

extension Int128 {
    /// `self × factor / divisor`, rounded to the nearest, a half to the even one.
    /// Throws `invalidArgument` when the product can't be counted.
    func scaled(by factor: Int128, over divisor: Int128) throws(ServiceError) -> Int128 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        guard !overflow, divisor > 0 else { throw Money.tooLarge }
        let (quotient, remainder) = product.quotientAndRemainder(dividingBy: divisor)
        let rest = remainder.magnitude
        let half = divisor.magnitude - rest
        guard rest > half || (rest == half && !quotient.isMultiple(of: 2)) else { return quotient }
        return quotient + product.signum()
    }
}

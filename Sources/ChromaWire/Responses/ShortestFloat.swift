/// The fewest decimal digits that mean one binary32 and no other.
///
/// Schubfach (Raffaello Giulietti, "The Schubfach way to render doubles"): of the decimals that
/// round to the value the shortest is taken, of equally short ones the closest. All numbers are
/// bounded by the exponents of binary32, so that nothing overflows.
struct ShortestFloat {
    /// At most nine digits; the last ones may be zeros.
    let digits: UInt32
    /// The power of ten that `digits` is multiplied by.
    let exponent: Int

    /// - Parameter value: finite and greater than zero.
    @inline(__always)
    init(_ value: Float) {
        let fraction = value.bitPattern & 0x7F_FFFF
        let biased = Int(value.bitPattern >> 23 & 0xFF)
        let significand = biased == 0 ? fraction : fraction | 0x80_0000
        let power = (biased == 0 ? 1 : biased) - 150
        (digits, exponent) = Self.shortest(
            significand, power, isLowerCloser: fraction == 0 && biased > 1)
    }

    /// The shortest decimal in the interval around `significand` · 2^`power` that rounds to it.
    @inline(__always)
    private static func shortest(
        _ significand: UInt32, _ power: Int, isLowerCloser: Bool
    ) -> (UInt32, Int) {
        // ⌊log₁₀(2^power)⌋, or of ¾·2^power where the lower neighbour is half as far.
        let exponent = (power &* 1_262_611 &- (isLowerCloser ? 524_031 : 0)) &>> 22
        let shift = UInt32(
            truncatingIfNeeded: power &+ (((0 &- exponent) &* 1_741_647) &>> 19) &+ 1)
        let scale = FloatPower.scaled(0 &- exponent)
        // Four times the interval's ends and the value, scaled; an inexact one is made odd.
        let isOdd = significand & 1
        let below = scaledOdd(scale, (4 &* significand &- (isLowerCloser ? 1 : 2)) &<< shift)
        let value = scaledOdd(scale, (4 &* significand) &<< shift)
        let above = scaledOdd(scale, (4 &* significand &+ 2) &<< shift)
        let lowest = below &+ isOdd
        let highest = above &- isOdd

        let candidate = value / 4
        if candidate >= 10 {
            let shorter = candidate / 10
            let isBelowInside = lowest <= 40 &* shorter
            let isAboveInside = 40 &* shorter &+ 40 <= highest
            if isBelowInside != isAboveInside {
                return (shorter &+ (isAboveInside ? 1 : 0), exponent &+ 1)
            }
        }
        let isBelowInside = lowest <= 4 &* candidate
        let isAboveInside = 4 &* candidate &+ 4 <= highest
        if isBelowInside != isAboveInside {
            return (candidate &+ (isAboveInside ? 1 : 0), exponent)
        }
        let middle = 4 &* candidate &+ 2
        let roundsUp = value > middle || (value == middle && candidate & 1 == 1)
        return (candidate &+ (roundsUp ? 1 : 0), exponent)
    }

    /// The upper bits of the product, the lowest set when anything was cut off.
    @inline(__always)
    private static func scaledOdd(_ scale: UInt64, _ factor: UInt32) -> UInt32 {
        let product = scale.multipliedFullWidth(by: UInt64(factor))
        let upper = UInt32(truncatingIfNeeded: product.high)
        return upper | (product.low >> 32 > 1 ? 1 : 0)
    }
}

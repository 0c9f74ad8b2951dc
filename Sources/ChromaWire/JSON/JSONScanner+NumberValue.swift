extension JSONScanner {
    /// The value of `number`, integers kept apart from floats. A `-0` is a float, as upstream
    /// has it.
    func value(of number: JSONNumber) throws(JSONFailure) -> JSONNumberValue {
        if number.isInteger, !(number.isNegative && number.mantissa == 0) {
            if let value = integer(number) { return value }
        }
        return .float(try double(number))
    }

    private func integer(_ number: JSONNumber) -> JSONNumberValue? {
        guard let magnitude = magnitude(of: number) else { return nil }
        if number.isNegative {
            guard magnitude <= Int64.min.magnitude else { return nil }
            return .int(Int64(truncatingIfNeeded: 0 &- magnitude))
        }
        return Int64(exactly: magnitude).map { .int($0) } ?? .unsigned(magnitude)
    }

    /// The digits of an integer literal as one word, when they fit.
    private func magnitude(of number: JSONNumber) -> UInt64? {
        if number.isExact { return number.mantissa }
        return UInt64(text(of: number).drop { $0 == "-" })
    }

    /// The binary64 nearest to `number`. One beyond all of them is no number (as upstream).
    func double(_ number: JSONNumber) throws(JSONFailure) -> Double {
        let value = exactDouble(number) ?? parsedDouble(number)
        guard value.isFinite else { throw syntax("number out of range") }
        return value
    }

    /// The binary32 nearest to the binary64 nearest to `number`; infinite when out of range.
    func float(_ number: JSONNumber) throws(JSONFailure) -> Float {
        if let value = exactDouble(number) { return Float(value) }
        let rounded = roundedFloat(
            number.mantissa, number.exponent, isNegative: number.isNegative)
        if let rounded { return rounded }
        return Float(try double(number))
    }

    /// Clinger's fast path: both factors are exact, so one rounding makes the nearest value.
    @inline(__always)
    private func exactDouble(_ number: JSONNumber) -> Double? {
        guard number.isExact, number.mantissa <= 1 << 53,
            number.exponent >= -DecimalPower.exactMax, number.exponent <= DecimalPower.exactMax
        else { return nil }
        let digits = Double(number.mantissa)
        let value =
            number.exponent < 0
            ? digits / powers[-number.exponent] : digits * powers[number.exponent]
        return number.isNegative ? -value : value
    }

    /// The binary32 when it cannot depend on the last bits of the binary64.
    ///
    /// Two exact factors and three roundings keep `value` within 3 units in the last place of
    /// the nearest binary64. Rounding to binary32 then only differs when a tie (the 29 bits it
    /// drops being 1 followed by zeros) lies that close; those, and subnormals, are left to the
    /// slow path.
    @inline(__always)
    private func roundedFloat(
        _ mantissa: UInt64, _ exponent: Int, isNegative: Bool
    ) -> Float? {
        guard exponent >= -2 * DecimalPower.exactMax, exponent <= 2 * DecimalPower.exactMax
        else { return nil }
        var value = Double(mantissa)
        if exponent < 0 {
            let steps = min(-exponent, DecimalPower.exactMax)
            value /= powers[steps]
            if steps < -exponent { value /= powers[-exponent - steps] }
        } else {
            let steps = min(exponent, DecimalPower.exactMax)
            value *= powers[steps]
            if steps < exponent { value *= powers[exponent - steps] }
        }
        guard value >= Double(Float.leastNormalMagnitude) else { return nil }
        let dropped = Int(truncatingIfNeeded: value.bitPattern & 0x1FFF_FFFF)
        guard (dropped - 0x1000_0000).magnitude > 16 else { return nil }
        return Float(isNegative ? -value : value)
    }

    /// Reads a number without exponent in at most 19 digits, the common case; nil, nothing
    /// consumed, when the next value is another number or none.
    @inline(__always)
    mutating func plainFloat() -> Float? {
        var place = position
        let isNegative = place < count && base[place] == ASCII.minus
        if isNegative { place &+= 1 }
        let start = place
        var mantissa: UInt64 = 0
        place = digitsEnd(from: place, &mantissa)
        var digits = place &- start
        let startsWithZero = digits > 0 && base[start] == ASCII.zero
        guard digits == 1 || (digits > 1 && !startsWithZero) else { return nil }
        // The zero before a point is no digit of the mantissa.
        if startsWithZero { digits = 0 }
        var fraction = 0
        if place < count, base[place] == ASCII.point {
            let fractionStart = place &+ 1
            place = digitsEnd(from: fractionStart, &mantissa)
            fraction = place &- fractionStart
            if fraction == 0 { return nil }
            digits &+= fraction
        }
        guard digits <= 19, place < count, base[place] | 0x20 != .ascii("e") else { return nil }
        guard let value = shortFloat(mantissa, fraction, isNegative: isNegative) else {
            return nil
        }
        position = place
        return value
    }

    /// The value of `mantissa` / 10^`fraction`, when it can be had by simple means.
    @inline(__always)
    private func shortFloat(
        _ mantissa: UInt64, _ fraction: Int, isNegative: Bool
    ) -> Float? {
        guard mantissa <= 1 << 53, fraction <= DecimalPower.exactMax else {
            return roundedFloat(mantissa, -fraction, isNegative: isNegative)
        }
        let value = Double(Int64(truncatingIfNeeded: mantissa)) / powers[fraction]
        return Float(isNegative ? -value : value)
    }

    /// The slow path: the C library's correctly rounded conversion.
    private func parsedDouble(_ number: JSONNumber) -> Double {
        if number.mantissa == 0 { return number.isNegative ? -0.0 : 0.0 }
        return Double(text(of: number)) ?? .infinity
    }

    private func text(of number: JSONNumber) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[number.range]), as: UTF8.self)
    }
}

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
        guard value.isFinite else { throw syntax("number out of range", ahead: 1) }
        return value
    }

    /// The binary32 nearest to the binary64 nearest to `number`; infinite when out of range.
    @inline(__always)
    func float(_ number: JSONNumber) throws(JSONFailure) -> Float {
        if let value = exactDouble(number) { return Float(value) }
        if let value = roundedFloat(number) { return value }
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
    private func roundedFloat(_ number: JSONNumber) -> Float? {
        guard number.exponent >= -2 * DecimalPower.exactMax,
            number.exponent <= 2 * DecimalPower.exactMax
        else { return nil }
        let steps = number.exponent.magnitude
        let first = powers[Int(min(steps, UInt(DecimalPower.exactMax)))]
        let second = powers[Int(steps - min(steps, UInt(DecimalPower.exactMax)))]
        let digits = Double(number.mantissa)
        let value = number.exponent < 0 ? digits / first / second : digits * first * second
        guard value >= Double(Float.leastNormalMagnitude) else { return nil }
        let dropped = Int(truncatingIfNeeded: value.bitPattern & 0x1FFF_FFFF)
        guard abs(dropped - 0x1000_0000) > 16 else { return nil }
        return Float(number.isNegative ? -value : value)
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

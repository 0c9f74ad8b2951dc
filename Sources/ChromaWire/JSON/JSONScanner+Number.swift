extension JSONScanner {
    /// Reads a number as its digits; its first byte is next.
    mutating func number() throws(JSONFailure) -> JSONNumber {
        let start = position
        let isNegative = base[position] == ASCII.minus
        if isNegative { position += 1 }

        var mantissa: UInt64 = 0
        let integerStart = position
        let startsWithZero = position < count && base[position] == ASCII.zero
        passDigits(&mantissa)
        var digits = position - integerStart
        if digits == 0 || (startsWithZero && digits > 1) { throw invalidNumber(digits) }

        var exponent = 0
        var isInteger = true
        if position < count, base[position] == ASCII.point {
            isInteger = false
            position += 1
            let fractionStart = position
            passDigits(&mantissa)
            exponent = fractionStart - position
            if exponent == 0 { throw invalidNumber(0) }
            digits -= exponent
        }
        if position < count, base[position] | 0x20 == .ascii("e") {
            isInteger = false
            exponent += try exponentPart()
        }
        let range = start..<position
        guard digits > 19 else {
            return JSONNumber(
                mantissa: mantissa, exponent: exponent, isNegative: isNegative, isExact: true,
                isInteger: isInteger, range: range)
        }
        return longNumber(range, isNegative: isNegative, isInteger: isInteger)
    }

    /// Consumes decimal digits; `mantissa` wraps around past 19 of them.
    @inline(__always)
    private mutating func passDigits(_ mantissa: inout UInt64) {
        position = digitsEnd(from: position, &mantissa)
    }

    /// The end of the digits at `start`; `mantissa` wraps around past 19 of them.
    @inline(__always)
    func digitsEnd(from start: Int, _ mantissa: inout UInt64) -> Int {
        var place = start
        while count &- place >= 8 {
            let raw = UnsafeRawPointer(base + place).loadUnaligned(as: UInt64.self)
            let word = UInt64(littleEndian: raw)
            guard ByteWord.isEightDigits(word) else { break }
            mantissa = mantissa &* 100_000_000 &+ ByteWord.eightDigits(word)
            place &+= 8
        }
        while place < count {
            let digit = base[place] &- ASCII.zero
            guard digit < 10 else { break }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            place &+= 1
        }
        return place
    }

    /// Consumes `e+12`. Far out of any range it stops counting: such a value is 0 or infinite.
    private mutating func exponentPart() throws(JSONFailure) -> Int {
        position += 1
        var isNegative = false
        if position < count, base[position] == ASCII.minus || base[position] == ASCII.plus {
            isNegative = base[position] == ASCII.minus
            position += 1
        }
        let start = position
        var value = 0
        while position < count, base[position] &- ASCII.zero < 10 {
            if value < 1_000_000_000 { value = value * 10 + Int(base[position] - ASCII.zero) }
            position += 1
        }
        if position == start { throw invalidNumber(0) }
        return isNegative ? -value : value
    }

    private func invalidNumber(_ digits: Int) -> JSONFailure {
        if position == count, digits == 0 { return syntax("EOF while parsing a value") }
        return syntax("invalid number", ahead: 1)
    }

    /// A number of more than 19 digits, read again: leading zeros don't count, digits after the
    /// nineteenth only move the point.
    private func longNumber(
        _ range: Range<Int>, isNegative: Bool, isInteger: Bool
    ) -> JSONNumber {
        var mantissa: UInt64 = 0
        var kept = 0
        var dropped = 0
        var fraction = 0
        var isFraction = false
        var exponent = 0
        for place in range {
            let byte = base[place]
            if byte | 0x20 == .ascii("e") {
                exponent = exponentValue(place + 1..<range.upperBound)
                break
            }
            if byte == ASCII.point { isFraction = true }
            guard byte &- ASCII.zero < 10 else { continue }
            if isFraction { fraction += 1 }
            if kept == 19 {
                dropped += 1
            } else {
                mantissa = mantissa * 10 + UInt64(byte - ASCII.zero)
                if mantissa != 0 { kept += 1 }
            }
        }
        return JSONNumber(
            mantissa: mantissa, exponent: exponent - fraction + dropped, isNegative: isNegative,
            isExact: dropped == 0, isInteger: isInteger, range: range)
    }

    private func exponentValue(_ range: Range<Int>) -> Int {
        var value = 0
        for place in range where base[place] &- ASCII.zero < 10 && value < 1_000_000_000 {
            value = value * 10 + Int(base[place] - ASCII.zero)
        }
        return base[range.lowerBound] == ASCII.minus ? -value : value
    }
}

/// Spells binary32 values in JSON.
enum FloatText {
    /// Bytes that writing one value may touch; its text is shorter.
    static let bytesMax = 32

    /// Plain notation is used where the decimal point is at most this far from the digits.
    private static let leadingZerosMax = 5
    private static let integerDigitsMax = 9

    /// Writes the shortest text that reads back as `value`, or null when it is not finite, to
    /// `output`, which has room for `bytesMax`. Returns the bytes written.
    @inline(__always)
    static func write(_ value: Float, to output: UnsafeMutablePointer<UInt8>) -> Int {
        guard value.isFinite else { return copy("null", to: output) }
        var next = output
        if value.sign == .minus { put(ASCII.minus, &next) }
        guard value != 0 else { return copy("0.0", to: next) &+ (next - output) }
        let shortest = ShortestFloat(value.magnitude)
        let digits = DecimalDigits(shortest.digits)
        // Digits before the decimal point; not positive when zeros follow it.
        let point = digits.count &+ digits.trailingZeros &+ shortest.exponent
        if point <= 0, point >= -leadingZerosMax {
            fraction(digits, point, &next)
        } else if point > 0, point <= integerDigitsMax {
            plain(digits, point, &next)
        } else {
            scientific(digits, point &- 1, &next)
        }
        return next - output
    }

    /// `0.00125`, with -`point` zeros.
    @inline(__always)
    private static func fraction(
        _ digits: DecimalDigits, _ point: Int, _ next: inout UnsafeMutablePointer<UInt8>
    ) {
        // "0.000000": as much of it as wanted.
        UnsafeMutableRawPointer(next).storeBytes(
            of: (0x3030_3030_3030_2E30 as UInt64).littleEndian, as: UInt64.self)
        next += 2 &- point
        digits.write(to: next)
        next += digits.count
    }

    /// `12.5` or `1200.0`.
    @inline(__always)
    private static func plain(
        _ digits: DecimalDigits, _ point: Int, _ next: inout UnsafeMutablePointer<UInt8>
    ) {
        digits.write(to: next)
        guard digits.count > point else {
            for place in digits.count..<point { next[place] = ASCII.zero }
            next[point] = ASCII.point
            next[point &+ 1] = ASCII.zero
            next += point &+ 2
            return
        }
        // At most eight digits follow the point: they move by one.
        let tail = UnsafeMutableRawPointer(next + point)
        let moved = tail.loadUnaligned(as: UInt64.self)
        (tail + 1).storeBytes(of: moved, as: UInt64.self)
        next[point] = ASCII.point
        next += digits.count &+ 1
    }

    /// `1.25e-12`.
    private static func scientific(
        _ digits: DecimalDigits, _ exponent: Int, _ next: inout UnsafeMutablePointer<UInt8>
    ) {
        plain(digits, 1, &next)
        put(.ascii("e"), &next)
        if exponent < 0 { put(ASCII.minus, &next) }
        let magnitude = UInt8(truncatingIfNeeded: exponent.magnitude)
        if magnitude >= 10 { put(ASCII.zero + magnitude / 10, &next) }
        put(ASCII.zero + magnitude % 10, &next)
    }

    @inline(__always)
    private static func put(_ byte: UInt8, _ next: inout UnsafeMutablePointer<UInt8>) {
        next.pointee = byte
        next += 1
    }

    private static func copy(
        _ text: StaticString, to output: UnsafeMutablePointer<UInt8>
    ) -> Int {
        for index in 0..<text.utf8CodeUnitCount { output[index] = text.utf8Start[index] }
        return text.utf8CodeUnitCount
    }
}

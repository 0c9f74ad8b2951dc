/// Up to nine decimal digits as text, without zeros at either end.
struct DecimalDigits {
    /// Digits, first to last from the lowest byte; the ninth is apart.
    private let text: UInt64
    private let ninth: UInt8
    let count: Int
    /// Zeros cut off at the end.
    let trailingZeros: Int

    /// - Parameter value: from 1 to 999 999 999.
    @inline(__always)
    init(_ value: UInt32) {
        let head = UInt64(value / 10)
        let last = UInt8(truncatingIfNeeded: UInt64(value) &- head &* 10)
        let digits = Self.eightDigits(head)
        // Where there are fewer than nine digits, the text starts after the zeros.
        let leading = min(digits.trailingZeroBitCount / 8, 8)
        let shifted = leading == 8 ? 0 : digits &>> UInt64(8 &* leading)
        let length = 8 &- leading
        let all = length == 8 ? shifted : shifted | UInt64(last) &<< UInt64(8 &* length)
        if last != 0 {
            trailingZeros = 0
            count = length &+ 1
        } else {
            count = 8 &- digits.leadingZeroBitCount / 8 &- leading
            trailingZeros = length &+ 1 &- count
        }
        text = all | 0x3030_3030_3030_3030
        ninth = last | ASCII.zero
    }

    /// Each digit of a number below 10⁸ in a byte of its own, the first in the lowest.
    @inline(__always)
    private static func eightDigits(_ value: UInt64) -> UInt64 {
        let high = value / 10_000
        let fours = high | (value &- high &* 10_000) &<< 32
        let hundreds = (fours &* 10_486) &>> 20 & 0x0000_007F_0000_007F
        let twos = hundreds | (fours &- hundreds &* 100) &<< 16
        let tens = (twos &* 103) &>> 10 & 0x000F_000F_000F_000F
        return tens | (twos &- tens &* 10) &<< 8
    }

    /// Writes the digits, and maybe up to nine bytes of no meaning, to `output`.
    @inline(__always)
    func write(to output: UnsafeMutablePointer<UInt8>) {
        UnsafeMutableRawPointer(output).storeBytes(of: text.littleEndian, as: UInt64.self)
        output[8] = ninth
    }
}

/// Eight bytes looked at at once.
enum ByteWord {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// Whether a byte is a quote, a backslash or a control character: what a JSON string must
    /// escape.
    @inline(__always)
    static func hasSpecial(_ word: UInt64) -> Bool { specials(word) != 0 }

    /// How many bytes, from the lowest on, come before the first such one.
    @inline(__always)
    static func plainBytes(_ word: UInt64) -> Int { specials(word).trailingZeroBitCount / 8 }

    /// The high bit of each such byte. Above the lowest of them, bits may be set by a borrow.
    @inline(__always)
    private static func specials(_ word: UInt64) -> UInt64 {
        let controls = (word &- (ones &* 0x20)) & ~word
        let quotes = zeroes(word ^ (ones &* UInt64(ASCII.quote)))
        let backslashes = zeroes(word ^ (ones &* UInt64(ASCII.backslash)))
        return (controls | quotes | backslashes) & highs
    }

    @inline(__always)
    private static func zeroes(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }

    /// Whether all bytes are decimal digits.
    @inline(__always)
    static func isEightDigits(_ word: UInt64) -> Bool {
        let high = word & 0xF0F0_F0F0_F0F0_F0F0
        let carried = (word &+ 0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0
        return high == 0x3030_3030_3030_3030 && carried == 0x3030_3030_3030_3030
    }

    /// The number that eight digits spell, the first in the lowest byte.
    @inline(__always)
    static func eightDigits(_ word: UInt64) -> UInt64 {
        let digits = word &- 0x3030_3030_3030_3030
        let pairs = (digits &* 10 &+ (digits >> 8)) & 0x00FF_00FF_00FF_00FF
        let fours = (pairs &* 100 &+ (pairs >> 16)) & 0x0000_FFFF_0000_FFFF
        return (fours &* 10_000 &+ (fours >> 32)) & 0xFFFF_FFFF
    }
}

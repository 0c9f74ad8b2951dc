/// Three bytes in a row of a folded text, as one number: the first is the highest.
package typealias Trigram = UInt32

/// Cuts UTF-8 into trigrams of its folded bytes.
///
/// Folding makes ASCII letters small, and with them the other letters that some case mapping of
/// Unicode takes to ASCII: U+0130 (İ → i), U+017F (ſ → s) and U+212A (K → k). That is what RE2
/// presumes of texts when it names the literals a pattern needs; so one index serves patterns
/// with and without `(?i)`. Part of the file format.
package enum Trigrams {
    /// Values a trigram can have.
    package static let valueCount = 1 << 24

    /// Calls `body` with each trigram from front to back; one may come more than once.
    @inline(__always)
    static func forEach(in text: UnsafeRawBufferPointer, _ body: (Trigram) -> Void) {
        var window: Trigram = 0
        var folded = 0
        var place = 0
        while place < text.count {
            let (byte, width) = fold(text, place)
            place += width
            window = (window << 8 | Trigram(byte)) & 0xFF_FFFF
            folded += 1
            if folded >= 3 { body(window) }
        }
    }

    /// The folded byte at a place, and of how many bytes it was made.
    @inline(__always)
    private static func fold(_ text: UnsafeRawBufferPointer, _ place: Int) -> (UInt8, Int) {
        let byte = text[place]
        if byte < 0x80 { return (byte &- 0x41 < 26 ? byte | 0x20 : byte, 1) }
        if byte == 0xC4, place + 1 < text.count, text[place + 1] == 0xB0 { return (0x69, 2) }
        if byte == 0xC5, place + 1 < text.count, text[place + 1] == 0xBF { return (0x73, 2) }
        if byte == 0xE2, place + 2 < text.count, text[place + 1] == 0x84, text[place + 2] == 0xAA {
            return (0x6B, 3)
        }
        return (byte, 1)
    }
}

/// A text written so that RE2 sees the words of Unicode, not only those of ASCII.
///
/// RE2's `\b` looks at the bytes beside a place and knows only ASCII's word characters. Here every
/// other word character stands between two `0`, which are word characters, and `0` itself, to be
/// told from them, is written `0-0`. A search that keeps to whole characters then finds `\b` where
/// Unicode has it: between `0é0` and `!`, not between `0é0` and `a`.
enum MarkedText {
    /// Characters that are written between `0`s.
    static let wrapped = UnicodeClass.words.subtracting(.ascii).union(zero)

    private static let zero = ScalarSet([0x30...0x30])
    private static let zeroInside = ScalarSet([0x2D...0x2D])

    /// What takes a search to every whole character, so that it never begins inside of one.
    static let anyStart = "\\A(?:0[^0]0|[^0])*"

    /// What stands between the `0`s of these characters.
    static func inside(_ wrapped: ScalarSet) -> ScalarSet {
        wrapped.contains(0x30) ? wrapped.subtracting(zero).union(zeroInside) : wrapped
    }

    /// Whether the text must be marked for `\b` to mean what it does in Unicode.
    static func isNeeded(for text: UnsafeRawBufferPointer) -> Bool {
        text.contains { $0 >= 0x80 }
    }

    /// - Parameter text: UTF-8.
    static func mark(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        var marked: [UInt8] = []
        marked.reserveCapacity(text.count * 2)
        var decoder = UTF8()
        var bytes = text.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&bytes) {
            if scalar == "0" {
                marked += [0x30, 0x2D, 0x30]
            } else if scalar.isASCII {
                marked.append(UInt8(scalar.value))
            } else if let encoded = UTF8.encode(scalar) {
                let isWrapped = wrapped.contains(scalar.value)
                if isWrapped { marked.append(0x30) }
                marked += encoded
                if isWrapped { marked.append(0x30) }
            }
        }
        return marked
    }
}

/// What stands before a place, as far as a `RegexAssertion` can tell.
enum PlaceBefore: Sendable {
    case start, newline, word, unicodeWord, other

    init(_ scalar: UInt32) {
        if scalar == 0x0A {
            self = .newline
        } else if Self.words.contains(scalar) {
            self = scalar < 0x80 ? .word : .unicodeWord
        } else {
            self = .other
        }
    }

    private static let words = UnicodeClass.words

    /// One of those that it stands for; nil at the start of a text.
    var scalar: UInt32? {
        switch self {
        case .start: nil
        case .newline: 0x0A
        case .word: 0x61
        case .unicodeWord: 0xE9
        case .other: 0x20
        }
    }
}

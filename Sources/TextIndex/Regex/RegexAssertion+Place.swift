extension RegexAssertion {
    /// Whether it holds between two scalars, nil where the text begins or ends.
    func holds(between previous: UInt32?, _ next: UInt32?) -> Bool {
        switch self {
        case .textStart: previous == nil
        case .textEnd: next == nil
        case .lineStart: previous.map { $0 == Self.newline } ?? true
        case .lineEnd: next.map { $0 == Self.newline } ?? true
        case .wordBoundary(let isUnicode):
            Self.isWord(previous, isUnicode) != Self.isWord(next, isUnicode)
        case .notWordBoundary(let isUnicode):
            Self.isWord(previous, isUnicode) == Self.isWord(next, isUnicode)
        }
    }

    private static let newline: UInt32 = 0x0A
    private static let words = UnicodeClass.words
    private static let asciiWords = UnicodeClass.words.intersection(.ascii)

    private static func isWord(_ scalar: UInt32?, _ isUnicode: Bool) -> Bool {
        guard let scalar else { return false }
        return (isUnicode ? words : asciiWords).contains(scalar)
    }
}

import Testing
import TextIndex

@Suite("Substrings")
struct SubstringPatternTests {
    @Test(
        "a literal text is looked for byte by byte",
        arguments: [
            ("hello world", "lo w", true), ("hello", "Hello", false), ("hello", "", true),
            ("", "", true), ("", "a", false), ("a.c", ".", true), ("abc", ".", false),
            ("100%", "%", true), ("abc", "abcd", false), ("日本語", "本", true),
            ("a\u{0}b", "\u{0}b", true), ("aab", "ab", true),
        ])
    func occurs(text: String, pattern: String, expected: Bool) {
        #expect(SubstringPattern(pattern).occurs(in: text) == expected)
    }

    @Test("two spellings of one letter are two texts")
    func notNormalised() {
        #expect(!SubstringPattern("e\u{301}").occurs(in: "caf\u{e9}"))
        #expect(!SubstringPattern("\u{e9}").occurs(in: "cafe\u{301}"))
        #expect(SubstringPattern("e").occurs(in: "cafe\u{301}"))
    }
}

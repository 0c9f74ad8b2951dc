import ChromaModel
import Testing
import TextIndex

@Suite("Regular expressions")
struct RegularExpressionTests {
    @Test(
        "patterns mean what protocol §4.2 says",
        arguments: [
            // Unanchored, case-sensitive.
            ("b+", "aabba", true), ("B+", "aabba", false), ("", "", true), ("", "x", true),
            // ^ and $ are text anchors unless (?m).
            ("^b", "a\nb", false), ("(?m)^b", "a\nb", true), ("a$", "a\nb", false),
            ("(?m)a$", "a\nb", true), ("^$", "", true), (#"\Aa\z"#, "a", true),
            // The dot leaves newlines out unless (?s).
            ("a.b", "a\nb", false), ("(?s)a.b", "a\nb", true),
            ("(?i)STRASSE", "Strasse", true), ("(?i)É", "é", true), ("a(?i)b", "aB", true),
            ("a(?i)b", "AB", false), ("(?i:a)b", "Ab", true), ("(?i)a(?-i)b", "AB", false),
            ("(?U)a+", "aaa", true),
            // Unicode.
            (#"\p{L}"#, "ж", true), (#"\p{Greek}"#, "ω", true), (#"\p{Greek}"#, "o", false),
            (#"\PL"#, "ж", false), (#"^\p{Lu}\p{Ll}+$"#, "Ünal", true), ("^.$", "日", true),
            ("^..$", "e\u{301}", true), ("^[а-я]+$", "жук", true), (#"\x{1F600}"#, "😀", true),
            // Operators.
            ("a{2,3}", "aaaa", true), ("^a{2,3}$", "aaaa", false), ("(ab|cd)+e", "abcde", true),
            ("[^a-c]", "abc", false), ("[[:digit:]]", "a1", true), (#"\bcat\b"#, "a cat.", true),
            (#"\bcat\b"#, "concat", false), (#"(?P<year>\d{4})"#, "in 2024", true),
            (#"a\.b"#, "axb", false), ("a\u{0}b", "xa\u{0}b", true), (#"\d+"#, "a42", true),
            ("a**b", "aab", true), ("^a++$", "aa", true), ("a}]", "a}]", true),
            // \d, \w, \s and \b are Unicode's unless (?-u).
            (#"^\d$"#, "٣", true), (#"^\w$"#, "é", true), (#"^\s$"#, "\u{2003}", true),
            (#"^\W$"#, "é", false), (#"^[\d]$"#, "٣", true), (#"^[^\w]$"#, "é", false),
            (#"(?-u)^\w$"#, "é", false), (#"^(?-u:\d)\d$"#, "1٣", true),
            (#"é\b"#, "é!", true), (#"é\b"#, "éa", false), (#"\bи"#, "и", true),
            (#"a\b"#, "aé", false), (#"a\Bé"#, "aé", true), (#"^\B"#, "é", false),
            (#"(?-u:a\b)"#, "aé", true), (#"\b0\b"#, "é 0 é", true), (#"\b0\b"#, "é0", false),
            (#"0-0\b"#, "é0", false), (#"\bé-\b"#, "é0", false), (#"(?m)^é\b$"#, "x\né\n", true),
            (#"(?-u:\B)"#, "aéa", false), (#"[^0-9]\b"#, "0é", true), (#".\b0"#, "é00", false),
            // Comments and spaces.
            ("(?x) a b # comment", "ab", true), ("(?x) a # b\n c", "ac", true),
            (#"(?x) a\ b [ c d ]"#, "a bc", true), ("(?x)a {2} b", "aab", true),
            // Classes: set operations, nesting, hyphens and brackets.
            ("^[a-z&&[^b]]$", "a", true), ("^[a-z&&[^b]]$", "b", false),
            ("^[a-c--b]$", "b", false), ("^[a-c~~b-d]$", "d", true), ("^[a-c~~b-d]$", "c", false),
            ("^[^a&&b]$", "a", true), ("^[x[0-9]]$", "7", true), ("^[]a]+$", "a]", true),
            ("^[a-]+$", "-a", true), ("^[--a]+$", "-", true), (#"^[\w--\d_]+$"#, "é", true),
            ("a&&b", "a&&b", true), ("^[[:^alpha:]]$", "é", true), ("[a&&b]", "ab", false),
            // Scalars by number, names of groups, more properties and scripts.
            (#"\u{e9}"#, "é", true), (#"\u00e9"#, "é", true), (#"\U000000E9"#, "é", true),
            ("(?<year>a)", "a", true), (#"\p{Alphabetic}"#, "a", true), (#"\p{grek}"#, "ω", true),
            (#"\p{Script=Greek}"#, "o", false), (#"\p{gc!=Letter}"#, "1", true),
            (#"^\p{is uppercase}$"#, "É", true), (#"\P{any}"#, "a", false),
            // Case.
            ("(?i)ß", "ẞ", true), ("(?i)ı", "i", false), ("(?i)i", "İ", false),
            ("(?i)ſ", "S", true), (#"(?i)\p{Lu}"#, "a", true), ("(?i)[^x]", "X", false),
            ("(?i)[a-z--k]", "\u{212A}", false), ("(?i)k", "\u{212A}", true),
            ("(?i-u)k", "\u{212A}", false), ("(?i-u)é", "é", true), ("(?i-u)é", "É", false),
            // Counts that RE2 alone refuses.
            ("a{1001}", "", false), ("^(?:a{0,50}){40}$", "", true), ("^a{0,1500}$", "aa", true),
        ])
    func matches(pattern: String, text: String, expected: Bool) throws {
        #expect(try RegularExpression(pattern).matches(text) == expected)
    }

    @Test(
        "what is no regular expression is refused in upstream's words",
        arguments: [
            "(", ")", "[", "*", "a{2,1}", "a{,3}", "a{", "{", "[]", "(?)", "(?ii)a", "(?i-)a",
            "(?#a)", #"\"#, #"(a)\1"#, "(?=a)", "(?!a)", "(?<=a)b", "(?<!a)b", #"\p{Nonsense}"#,
            "[z-a]", "(?z)", "(?>a)", #"\Z"#, #"\é"#, #"[\b]"#, #"[\d-a]"#,
            #"\u{d800}"#, #"\x{110000}"#, #"\p{L&}"#, #"\Q.\E"#, "(?P=n)", "(?<n>a)(?<n>b)",
            "(?<1>a)", "(?-u:.)", #"(?-u:\W)"#, #"(?-u:\pL)"#, "(?-u:[é])", #"\u{}"#, #"\x4"#,
            "(?<n", "a{99999999999}", #"\<a"#, #"\b{start}a"#, "(?mR)a$", #"\b(?-u:\b)"#,
        ])
    func refuses(pattern: String) {
        let error = #expect(throws: ServiceError.self) { try RegularExpression(pattern) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.hasPrefix("Regex syntax errror: regex parse error: ") == true)
    }

    @Test(
        "a pattern whose program would need too much memory is refused, not compiled",
        arguments: [
            "((((a{100}){100}){100}){100}){100}", "a{0,100000}", "a{0,10001}", "a{100000,}",
            "(?:){100000}", "(?:ab|(?:cd){300}){200}", #"\b{100000}"#,
            "(?:(?:(?:a?){301}){300}){0,1}",
        ])
    func tooLarge(pattern: String) {
        let error = #expect(throws: ServiceError.self) { try RegularExpression(pattern) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.hasSuffix("the expanded pattern exceeds the size limit") == true)
    }

    @Test(
        "as many copies are asked for as the pattern says, however they are written",
        arguments: [
            ("^a{1001}$", 1001...1001), ("^(?:a{25}){50}$", 1250...1250),
            ("^a{990,1200}$", 990...1200), ("^(?:a{600}){2}$", 1200...1200),
        ])
    func counts(pattern: String, counts: ClosedRange<Int>) throws {
        let regex = try RegularExpression(pattern)
        for count in [counts.lowerBound - 1, counts.upperBound + 1] {
            #expect(!regex.matches(String(repeating: "a", count: count)))
        }
        for count in [counts.lowerBound, counts.upperBound] {
            #expect(regex.matches(String(repeating: "a", count: count)))
        }
    }

    @Test(
        "what is hostile by its size or depth is refused",
        arguments: [
            String(repeating: "(", count: 30_000) + String(repeating: ")", count: 30_000),
            String(repeating: "[", count: 60_000), "a" + String(repeating: "*", count: 60_000),
            String(repeating: "[\\w]", count: 8_000), String(repeating: "\\w", count: 30_000),
            String(repeating: "(?i)\\pL", count: 9_000),
            "[" + String(repeating: "\\w", count: 30_000) + "]", "\\w{1000}",
            "(?:a{1000}){1000}", "a{4000000000}", "(?:(?:(?:){1000}){1000}){1000}",
        ])
    func hostile(pattern: String) {
        let error = #expect(throws: ServiceError.self) { try RegularExpression(pattern) }
        #expect(error?.code == .invalidArgument)
    }

    /// A backtracking engine needs 2ⁿ steps for these; this test would not end.
    @Test(
        "patterns that kill backtracking engines answer at once",
        arguments: ["(a+)+$", "(a*)*b", "(a|aa)+$", "^(a|a?)+$", "(.*)(.*)(.*)(.*)[^a]$"])
    func linear(pattern: String) throws {
        let text = String(repeating: "a", count: 100_000) + "!"
        let expected = pattern.hasSuffix("[^a]$")
        #expect(try RegularExpression(pattern).matches(text) == expected)
    }

    @Test("one compiled pattern serves many threads")
    func concurrent() async throws {
        let regex = try RegularExpression("(x+x+)+y")
        let text = String(repeating: "x", count: 2_000)
        let answers = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<64 {
                group.addTask { regex.matches(index.isMultiple(of: 2) ? text : text + "y") }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(answers == 32)
    }

    @Test("a pattern is refused when it is longer than its limit, and taken when it is not")
    func lengthLimit() throws {
        let longest = String(repeating: "(x|y)", count: RegularExpression.patternBytesMax / 5) + "z"
        #expect(try RegularExpression(longest).matches("xyz") == false)
        #expect(throws: ServiceError.self) { try RegularExpression(longest + "z") }
    }
}

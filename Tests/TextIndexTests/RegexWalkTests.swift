import TestSupport
import Testing

@testable import TextIndex

@Suite("Regular expressions matched in steps")
struct RegexWalkTests {
    private struct BrokenOff: Error {}

    /// Takes RE2 minutes: 900 places of the pattern are open at each byte.
    private static let pathological = "[a-q][^u-z]{900}x"

    private static func text(bytes: Int) -> [UInt8] {
        let random = SeededRandom(seed: 1)
        let some = (0..<1000).map { _ in UInt8(ascii: "a") + UInt8(random.below(20)) }
        return Array(repeatElement(some, count: bytes / some.count).joined())
    }

    @Test("random patterns match just where the naive matcher says", arguments: UInt64(1)...8)
    func agree(seed: UInt64) throws {
        let random = SeededRandom(seed: seed)
        var matched = 0
        for _ in 0..<150 {
            let pattern = NaivePattern.random(random, depth: 4)
            // One walk for all texts: what it learns of one must be right for the next.
            var walk = RegexWalk(try RegexTranslation(pattern.text).tree)
            for _ in 0..<20 {
                let text = NaivePattern.randomText(random)
                let expected = pattern.matches(text)
                if expected { matched += 1 }
                let utf8 = Array(String(String.UnicodeScalarView(text)).utf8)
                #expect(
                    utf8.withUnsafeBytes { walk.matches($0) {} } == expected,
                    "seed \(seed): \(pattern.text) in \(text)")
            }
        }
        #expect(matched > 100)
    }

    @Test(
        "long texts are matched as short ones are",
        arguments: [
            ("needle", true), ("needles", false), ("\\d{4}", false), ("(?m)^needle", true),
            ("^needle", false),
            ("\\bneedle\\b", true), ("\\Bneedle", false), ("e$", true), ("é.\\w+\nn", true),
            ("(?i)NEEDLE\\z", true), ("x{0,200}needle", true), ("", true),
        ])
    func long(pattern: String, isMatch: Bool) throws {
        let regex = try RegularExpression(pattern)
        for words in [1, 2000] {
            let text = String(repeating: "straw ", count: words) + "é words\nneedle"
            var walk = RegexWalk(try RegexTranslation(pattern).tree)
            #expect(Array(text.utf8).withUnsafeBytes { walk.matches($0) {} } == isMatch)
            #expect(regex.matches(text) == isMatch, "\(pattern) after \(words) words")
        }
    }

    @Test("a text that RE2 could take too long for is matched all the same")
    func veryLong() throws {
        let straw = String(repeating: "straw ", count: 100_000)
        for (pattern, isMatch) in [("needle\\d{0,50}", true), ("needle\\d{50}", false)] {
            #expect(try RegularExpression(pattern).matches(straw + "needle") == isMatch)
        }
    }

    @Test("what is no UTF-8 matches nothing, and what follows it is found")
    func damaged() throws {
        let tree = try RegexTranslation("(?s:.)b").tree
        for damage in [[0xFF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0x80], [0xC0, 0xAF]] {
            let damage = damage.map { UInt8($0) }
            for (text, expected) in [
                (damage, false), (damage + [0x62], false), (damage + [0x61, 0x62], true),
            ] {
                var walk = RegexWalk(tree)
                #expect(text.withUnsafeBytes { walk.matches($0) {} } == expected, "\(text)")
            }
        }
    }

    @Test("a pattern that would take minutes over 4 MB ends when it is told to")
    func brokenOff() throws {
        let text = Self.text(bytes: 4 << 20)
        let regex = try RegularExpression(Self.pathological)
        var looks = 0
        #expect(throws: BrokenOff.self) {
            try text.withUnsafeBytes { bytes in
                _ = try regex.matches(bytes) {
                    looks += 1
                    if looks == 20 { throw BrokenOff() }
                }
            }
        }
        #expect(looks == 20)
    }

    @Test("it asks as often as it does work")
    func looks() throws {
        let text = Self.text(bytes: 3000)
        var looks = 0
        var walk = RegexWalk(try RegexTranslation(Self.pathological).tree)
        #expect(!text.withUnsafeBytes { walk.matches($0) { looks += 1 } })
        // Hundreds of places for each byte.
        #expect(looks > text.count * 100 / RegexWalk.stepsPerLook)
    }
}

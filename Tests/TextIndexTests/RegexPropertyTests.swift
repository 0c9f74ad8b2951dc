import ChromaModel
import TestSupport
import Testing
import TextIndex

@Suite("Regular expressions against a naive matcher")
struct RegexPropertyTests {
    @Test("random patterns match just where the naive matcher says", arguments: UInt64(1)...8)
    func agree(seed: UInt64) throws {
        let random = SeededRandom(seed: seed)
        var matched = 0
        for _ in 0..<150 {
            let pattern = NaivePattern.random(random, depth: 4)
            let regex = try RegularExpression(pattern.text)
            for _ in 0..<20 {
                let text = NaivePattern.randomText(random)
                let expected = pattern.matches(text)
                if expected { matched += 1 }
                let string = String(String.UnicodeScalarView(text))
                #expect(
                    regex.matches(string) == expected,
                    "seed \(seed): \(pattern.text) in \(string.debugDescription)")
            }
        }
        #expect(matched > 100)
    }

    /// What the index proposes must hold every match, whatever the pattern.
    @Test("no match is missed by the literals of a random pattern", arguments: UInt64(1)...4)
    func literals(seed: UInt64) throws {
        let random = SeededRandom(seed: seed)
        let texts = (0..<200).map { _ -> String in
            let words = ["akbab", "AKBAB", "a\u{212A}bab", "akbA"].map { Array($0.unicodeScalars) }
            let scalars =
                NaivePattern.randomText(random) + words[random.below(words.count)]
                + NaivePattern.randomText(random)
            return String(String.UnicodeScalarView(scalars))
        }
        let bytes = try #require(TrigramBlockBuilder()).block(of: texts)
        var (looked, matched) = (0, 0)
        for _ in 0..<200 {
            let ends = (0..<2).map { _ in NaivePattern.random(random, depth: 2).text }
            let flag = random.below(2) == 0 ? "" : "(?i)"
            let regex = try RegularExpression("\(flag)(?:\(ends[0]))akbab(?:\(ends[1]))")
            guard let literals = RegexLiterals(regex) else { continue }
            looked += 1
            let proposed = try bytes.withUnsafeBytes { bytes in
                let block = try #require(TrigramBlock(bytes, rowCount: texts.count))
                return literals.candidates(literals.atoms.map { block.rows(holding: $0) })
            }
            for (row, text) in texts.enumerated() where regex.matches(text) {
                matched += 1
                #expect(proposed.contains(row), "seed \(seed): \(flag) \(ends) in \(text)")
            }
        }
        #expect(looked > 100 && matched > 100)
    }
}

import ChromaModel
import TestSupport
import Testing

@testable import TextIndex

@Suite("Trigrams of documents")
struct TrigramBlockTests {
    private static func block(_ documents: [String?], _ body: (TrigramBlock) -> Void) throws {
        let bytes = try #require(TrigramBlockBuilder()).block(of: documents)
        try bytes.withUnsafeBytes {
            body(try #require(TrigramBlock($0, rowCount: documents.count)))
        }
    }

    private static func rows(_ bitmap: RowBitmap) -> Set<Int> {
        var rows: Set<Int> = []
        bitmap.forEach { rows.insert($0) }
        return rows
    }

    private static func text(_ random: SeededRandom, _ length: Int) -> String {
        let letters = [
            "a", "b", "A", "é", "\u{130}", "i", "\u{212A}", "\u{17F}", "s", "k", "本", "0", " ",
        ]
        return (0..<length).map { _ in letters[random.below(letters.count)] }.joined()
    }

    @Test("every document that holds a literal is proposed", arguments: 0..<40)
    func complete(seed: Int) throws {
        let random = SeededRandom(seed: UInt64(seed))
        let documents = (0..<(1 + random.below(300))).map { _ in
            random.below(5) == 0 ? nil : Self.text(random, random.below(40))
        }
        try Self.block(documents) { block in
            for _ in 0..<30 {
                let pattern = SubstringPattern(Self.text(random, 1 + random.below(5)))
                guard !pattern.trigrams.values.isEmpty else { continue }
                let proposed = Self.rows(block.rows(holding: pattern.trigrams))
                let holding = documents.indices.filter {
                    documents[$0].map { pattern.occurs(in: $0) } ?? false
                }
                #expect(proposed.isSuperset(of: holding), "seed \(seed)")
            }
        }
    }

    @Test("a literal that nothing holds proposes nothing; a rare one few documents")
    func selective() throws {
        let documents = (0..<500).map { "document number \($0) of many" }
        try Self.block(documents) { block in
            func count(_ literal: String) -> Int {
                block.rows(holding: SubstringPattern(literal).trigrams).count
            }
            #expect(count("absent") == 0)
            #expect(count("number 499 of") == 1)
            #expect(count("NUMBER 499 OF") == 1)
            #expect(count("document") == 500)
        }
    }

    @Test("a builder makes the same block again after another")
    func reused() throws {
        let builder = try #require(TrigramBlockBuilder())
        let first = builder.block(of: ["hello world", nil, "hello"])
        #expect(builder.block(of: ["other", "texts"]) != first)
        #expect(builder.block(of: ["hello world", nil, "hello"]) == first)
        #expect(builder.block(of: []).count == TrigramBlock.headBytes)
    }

    @Test("damaged bytes never trap", arguments: 0..<20)
    func damaged(seed: Int) throws {
        let random = SeededRandom(seed: UInt64(seed))
        let documents = (0..<200).map { _ in Self.text(random, 30) }
        let whole = try #require(TrigramBlockBuilder()).block(of: documents)
        for _ in 0..<50 {
            var bytes = whole
            for _ in 0..<3 { bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8)) }
            let end = random.below(4) == 0 ? random.below(bytes.count) : bytes.count
            bytes.withUnsafeBytes { bytes in
                let cut = UnsafeRawBufferPointer(rebasing: bytes[..<end])
                guard let block = TrigramBlock(cut, rowCount: 200) else { return }
                for literal in ["abi", "本a0", "kkk"] {
                    let rows = block.rows(holding: SubstringPattern(literal).trigrams)
                    #expect(Self.rows(rows).allSatisfy { $0 < 200 })
                }
            }
        }
    }
}

@Suite("Literals of regular expressions")
struct RegexLiteralsTests {
    private static let documents: [String?] = [
        "the quick brown fox", "The QUICK Brown", "jumps over", nil, "lazy dog", "\u{212A}elvin",
        "kelvin", "\u{130}stanbul", "ſtrange", "Strange", "STRANGE", "café society", "CAFÉ SOCIETY",
        "foo.bar",
        "fooxbar", "", "abcabcabc",
    ]

    private static let patterns = [
        "quick", "(?i)quick", "quick|lazy", "(?i)kelvin", "\u{212A}elvin", "\u{130}stanbul",
        "(?i)strange", "(?i)café society", "foo\\.bar", "foo.bar", "(abc){2,3}", "[qQ][uU]ick",
        "^the", "dog$", "(?:brown|over|dog)", "b.own.*fox", "\\bfox\\b", "(?s)quick.*fox",
        "x*quick+", "[[:alpha:]]elvin", "nothing at all",
        "(quick|brown) (brown|fox)", "\\bquick\\b", "(?x) quick # brown", "[q&&\\w]uick",
        "\\u{71}uick", "(?i)[k--x]elvin", "(?i)stran[g-h]e\\b", "caf\\w \\Bociety",
    ]

    @Test("every document that a pattern matches is proposed", arguments: patterns)
    func complete(pattern: String) throws {
        let regex = try RegularExpression(pattern)
        guard let literals = RegexLiterals(regex) else { return }
        let bytes = try #require(TrigramBlockBuilder()).block(of: Self.documents)
        let proposed = try bytes.withUnsafeBytes { bytes in
            let block = try #require(TrigramBlock(bytes, rowCount: Self.documents.count))
            return literals.candidates(literals.atoms.map { block.rows(holding: $0) })
        }
        for (row, document) in Self.documents.enumerated() {
            guard let document, regex.matches(document) else { continue }
            #expect(proposed.contains(row), "\(pattern) matches \(document)")
        }
    }

    @Test("texts in every spelling of a letter are proposed")
    func everyCase() throws {
        let scalars = (UInt32(0x80)...0x2BFF).compactMap { Unicode.Scalar($0) }
        let documents = scalars.map { "XyZ\($0)xYz" }
        let bytes = try #require(TrigramBlockBuilder()).block(of: documents)
        for letter in "abcdefghijklmnopqrstuvwxyz" {
            let pattern = "(?i)xyz\(letter)xyz"
            let regex = try RegularExpression(pattern)
            let literals = try #require(RegexLiterals(regex))
            try bytes.withUnsafeBytes { bytes in
                let block = try #require(TrigramBlock(bytes, rowCount: documents.count))
                let proposed = literals.candidates(literals.atoms.map { block.rows(holding: $0) })
                for (row, document) in documents.enumerated() where regex.matches(document) {
                    #expect(proposed.contains(row), "\(pattern) matches \(document)")
                }
            }
        }
    }

    @Test("are found in alternations and without regard to case, not where any text will do")
    func found() throws {
        for pattern in ["quick", "(?i)quick", "quick|lazy", "(abc){2}", "x?quick"] {
            #expect(RegexLiterals(try RegularExpression(pattern)) != nil, "\(pattern)")
        }
        for pattern in ["", ".*", "a", "ab|quick", "[a-z]+", "(quick)?", "\\d{5}", "本語"] {
            #expect(RegexLiterals(try RegularExpression(pattern)) == nil, "\(pattern)")
        }
    }

    @Test("a pattern with very many literals is served with few of them or none")
    func many() throws {
        let random = SeededRandom(seed: 1)
        let words = (0..<500).map { _ in String(random.next(), radix: 36) }
        let pattern = words.joined(separator: "|")
        let regex = try RegularExpression(pattern)
        #expect((RegexLiterals(regex)?.atoms.count ?? 0) <= RegexLiterals.atomsMax)
        #expect(regex.matches("a \(words[77])"))
    }
}

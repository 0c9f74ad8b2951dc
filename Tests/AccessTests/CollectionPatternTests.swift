import ChromaModel
import Platform
import TestSupport
import Testing

@testable import Access

struct CollectionPatternTests {
    @Test(
        "a star stands for any bytes, everything else for itself",
        arguments: [
            ("team-*", "team-", true), ("team-*", "team-a", true), ("team-*", "Team-a", false),
            ("team-*", "xteam-a", false), ("*-prod", "a-prod", true), ("*-prod", "a-prod-b", false),
            ("*", "anything", true), ("books", "books", true), ("books", "books2", false),
            ("a*b*c", "a-b-b-c", true), ("a*b*c", "acb", false), ("a**c", "abc", true),
            ("*a*", "bbb", false), ("a.c", "abc", false),
        ])
    func matches(pattern: String, name: String, expected: Bool) throws {
        #expect(try CollectionPattern(parsing: pattern).matches(CollectionName(name)) == expected)
    }

    @Test("matching agrees with its definition on random patterns and names")
    func agreesWithDefinition() throws {
        let random = SeededRandom(seed: 5)
        let letters = Array("ab*".utf8)
        for _ in 0..<5000 {
            let bytes = random.bytes(16)
            let pattern = bytes[..<Int(bytes[14] % 7 + 1)].map { letters[Int($0 % 3)] }
            let name = bytes[7..<(7 + Int(bytes[15] % 7))].map { letters[Int($0 % 2)] }
            let text = String(decoding: pattern, as: UTF8.self)
            let found = CollectionPattern(text)
                .matches(CollectionName(String(decoding: name, as: UTF8.self)))
            #expect(found == Self.defined(pattern[...], name[...]), "seed 5: \(text) \(name)")
        }
    }

    /// What matching means, at any cost.
    private static func defined(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        if first == UInt8(ascii: "*") {
            return defined(pattern.dropFirst(), name)
                || (!name.isEmpty && defined(pattern, name.dropFirst()))
        }
        return name.first == first && defined(pattern.dropFirst(), name.dropFirst())
    }

    @Test(
        "a pattern that no name could match is refused",
        arguments: ["", "a b", "a?", "[ab]", "é*", "a/b", String(repeating: "a", count: 513)])
    func malformed(text: String) {
        #expect(throws: ServiceError.self) { try CollectionPattern(parsing: text) }
    }
}

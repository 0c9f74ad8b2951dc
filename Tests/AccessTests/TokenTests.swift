import ChromaModel
import Platform
import TestSupport
import Testing

@testable import Access

struct TokenTests {
    /// Made apart from this code: Python's zlib.crc32, written in base62 of digits, upper-case
    /// and lower-case letters.
    static let golden: [(text: String, kind: TokenKind, keyID: String)] = [
        (
            "tsd_AAAAAAAAAAA_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB1D3X8Z", .data,
            "AAAAAAAAAAA"
        ),
        (
            "tsa_0123456789a_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ0jLel5", .admin,
            "0123456789a"
        ),
    ]

    @Test("known tokens are read as what they are", arguments: golden)
    func goldenVectors(text: String, kind: TokenKind, keyID: String) throws {
        let token = try #require(Token.parse(text))
        #expect(token.kind == kind)
        #expect(token.keyID == TokenKeyID(keyID))
        #expect(token.text == text)
    }

    @Test("a minted token reads back as itself")
    func roundTrip() throws {
        let random = SeededRandom(seed: 7)
        for kind in TokenKind.allCases {
            let token = Token.mint(kind, from: random)
            let parsed = try #require(Token.parse(token.text))
            #expect(parsed.kind == kind && parsed.keyID == token.keyID)
            #expect(parsed.secret == token.secret)
            #expect(token.text.utf8.count == 65)
        }
    }

    @Test("every flip of a bit makes a token unreadable", arguments: golden.map(\.text))
    func bitFlips(text: String) {
        for place in text.utf8.indices {
            for bit in 0..<8 {
                var bytes = Array(text.utf8)
                bytes[text.utf8.distance(from: text.startIndex, to: place)] ^= 1 << bit
                #expect(Token.parse(String(decoding: bytes, as: UTF8.self)) == nil)
            }
        }
    }

    @Test("no shortened, lengthened or wrapped token is readable", arguments: golden.map(\.text))
    func lengths(text: String) {
        for count in 0..<text.count { #expect(Token.parse(String(text.prefix(count))) == nil) }
        for change in [text + "0", " " + text, text + "\n", text + "\0", "Bearer " + text] {
            #expect(Token.parse(change) == nil)
        }
    }

    @Test("minted characters favour none: each of the 62 appears about equally often")
    func uniform() {
        let random = SeededRandom(seed: 42)
        var counts: [Character: Int] = [:]
        let total = 62 * 2000
        for character in Base62.random(total, from: random) { counts[character, default: 0] += 1 }
        #expect(counts.count == 62)
        // Six standard deviations of a fair draw; a remainder of 64 by 62 would miss by 22.
        #expect(counts.values.allSatisfy { abs($0 - 2000) < 270 })
    }

    @Test("a token printed by mistake shows no secret")
    func redaction() {
        let token = Token.mint(.data, from: SeededRandom(seed: 1))
        var dumped = ""
        dump(token, to: &dumped)
        for text in ["\(token)", String(reflecting: token), dumped] {
            #expect(!text.contains(token.secret))
        }
    }
}

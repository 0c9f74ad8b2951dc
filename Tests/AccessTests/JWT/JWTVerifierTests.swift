import ChromaModel
import Platform
import TestSupport
import Testing

@testable import Access

struct JWTVerifierTests {
    @Test("a good token of every algorithm says who its bearer is", arguments: SigningKey.all)
    func accepted(key: SigningKey) async throws {
        let forge = try await TokenForge()
        let token = try TokenForge.token(by: key)
        for _ in 0..<2 {  // The second time it is known already.
            let principal = try await forge.authenticator.authenticate(presented: token)
            #expect(principal.tenant == AccessFixture.acme.id && principal.role == .writer)
            #expect(principal.databases == nil)
            #expect(
                principal.credential
                    == .jsonWebToken(
                        issuer: IssuerID("corp"),
                        subject: SubjectDigest(of: "ada@example", issuer: IssuerID("corp"))))
            #expect(!principal.credential.description.contains("ada"))
        }
    }

    @Test("an access token by RFC 9068 is taken for every algorithm", arguments: SigningKey.all)
    func accessTokenType(key: SigningKey) async throws {
        let forge = try await TokenForge()
        let header = "{\"alg\":\"\(key.algorithm.rawValue)\",\"kid\":\"\(key.id)\","
        for type in ["at+jwt", "application/at+jwt", "AT+JWT"] {
            let token = try TokenForge.token(by: key, header: header + "\"typ\":\"\(type)\"}")
            #expect(try await forge.refusal(of: token) == nil)
        }
        let other = try TokenForge.token(by: key, header: header + "\"typ\":\"dpop+jwt\"}")
        #expect(try await forge.refusal(of: other) == .tokenType)
    }

    @Test(
        "claims that are missing, wrong or of another time are refused",
        arguments: [
            (["iss": "\"https://evil.example\""], AuthenticationRefusal.unknownIssuer),
            (["iss": "\"https://id.example/\""], .unknownIssuer), (["iss": nil], .malformed),
            (["aud": "\"other\""], .wrongAudience), (["aud": "[\"a\",\"b\"]"], .wrongAudience),
            (["aud": nil], .malformed), (["aud": "[]"], .malformed),
            (["aud": "[\"tessera\",1]"], .malformed), (["aud": "\"Tessera\""], .wrongAudience),
            (["exp": "\(TokenForge.now - 31)"], .expired), (["exp": nil], .malformed),
            (["exp": "\"\(TokenForge.now + 60)\""], .malformed), (["exp": "-1"], .malformed),
            (["exp": "1e300"], .malformed), (["exp": "true"], .malformed),
            (["exp": "\(TokenForge.now + 901)"], .lifetime),
            (["iat": nil], .malformed), (["iss": "\"https://id.example\\u0000\""], .malformed),
            (["iat": "\(TokenForge.now + 31)", "exp": "\(TokenForge.now + 60)"], .notYetValid),
            (["nbf": "\(TokenForge.now + 31)"], .notYetValid),
            (["nbf": "\"x\""], .malformed), (["sub": nil], .malformed),
            (["sub": "\"\""], .malformed), (["sub": "5"], .malformed),
            (["jti": "7"], .malformed), (["tenant": nil], .noTenant),
            (["tenant": "\"nobody\""], .noTenant), (["tenant": "[\"acme\"]"], .noTenant),
            (["role": nil], .noRole), (["role": "\"admin\""], .noRole),
            (["role": "\"runs\""], .noRole), (["role": "[\"writes\",1]"], .noRole),
        ] as [([String: String?], AuthenticationRefusal)])
    func claims(changes: [String: String?], reason: AuthenticationRefusal) async throws {
        let forge = try await TokenForge()
        #expect(try await forge.refusal(of: TokenForge.token(changes)) == reason)
    }

    @Test(
        "claims at the edge of what is allowed are taken",
        arguments: [
            ["aud": "[\"other\",\"tessera\"]"], ["exp": "\(TokenForge.now - 29)"],
            ["exp": "\(TokenForge.now + 60).5"], ["iat": "\(TokenForge.now + 29)"],
            ["nbf": "\(TokenForge.now + 29)"], ["exp": "\(TokenForge.now + 900)"],
            ["jti": nil], ["role": "[\"other\",\"reads\"]"],
        ] as [[String: String?]])
    func edges(changes: [String: String?]) async throws {
        let forge = try await TokenForge()
        #expect(try await forge.refusal(of: TokenForge.token(changes)) == nil)
    }

    @Test("a token that was taken is refused once it expires")
    func expiry() async throws {
        let forge = try await TokenForge()
        let token = try TokenForge.token()
        #expect(try await forge.refusal(of: token) == nil)
        forge.time.advance(seconds: 629)
        #expect(try await forge.refusal(of: token) == nil)
        forge.time.advance(seconds: 1)
        #expect(try await forge.refusal(of: token) == .expired)
    }

    @Test("a token that was taken ends when its issuer changes or goes")
    func issuerChange() async throws {
        let forge = try await TokenForge()
        let token = try TokenForge.token()
        #expect(try await forge.refusal(of: token) == nil)
        await forge.directory.set(
            TokenForge.issuer(revision: 2, audiences: [ClaimText("elsewhere")]))
        #expect(try await forge.refusal(of: token) == .wrongAudience)
        await forge.directory.set(TokenForge.issuer(revision: 3))
        #expect(try await forge.refusal(of: token) == nil)
        await forge.directory.remove(issuerAt: TokenForge.issuerURL)
        #expect(try await forge.refusal(of: token) == .unknownIssuer)
    }

    @Test("a denied token, subject or time is refused, and no other")
    func denials() async throws {
        let forge = try await TokenForge()
        let token = try TokenForge.token()
        let other = try TokenForge.token(
            ["jti": "\"t-2\"", "sub": "\"bob\"", "iat": "\(TokenForge.now + 5)"])
        // Clocks may differ by 30 s: what was issued less than that after the time is denied too.
        let now = TokenForge.now * 1000 - 30_000
        let lists = [
            DenyList(tokenIDs: [ClaimText("t-1")]),
            DenyList(subjects: [ClaimText("ada@example"): .max]),
            DenyList(subjects: [ClaimText("ada@example"): now + 1]),
            DenyList(issuedBeforeMilliseconds: now + 1),
        ]
        for (place, list) in lists.enumerated() {
            #expect(try await forge.refusal(of: other) == nil)
            await forge.directory.set(
                TokenForge.issuer(revision: UInt64(place) + 2, denials: list))
            #expect(try await forge.refusal(of: token) == .denied)
            #expect(try await forge.refusal(of: other) == nil)
        }
    }

    @Test("a tenant that goes takes its tokens with it, and one that comes brings them")
    func tenantLife() async throws {
        let forge = try await TokenForge()
        let token = try TokenForge.token()
        #expect(try await forge.refusal(of: token) == nil)
        await forge.directory.remove(AccessFixture.acme)
        #expect(try await forge.refusal(of: token) == .noTenant)
        await forge.directory.add(AccessFixture.acme)
        #expect(try await forge.refusal(of: token) == nil)
    }

    @Test("a known token costs neither a signature nor a load of keys")
    func cached() async throws {
        let forge = try await TokenForge()
        let token = try TokenForge.token()
        #expect(try await forge.refusal(of: token) == nil)
        forge.documents.publish(nil)
        for _ in 0..<100 { #expect(try await forge.refusal(of: token) == nil) }
        #expect(forge.documents.reads == 1)
    }

    @Test("without a verifier a JSON Web Token is refused as any other noise")
    func noVerifier() async throws {
        let forge = try await TokenForge()
        let plain = Authenticator(
            directory: forge.directory, peppers: forge.directory.peppers, time: forge.time)
        await #expect(throws: ServiceError.self) {
            try await plain.authenticate(presented: TokenForge.token())
        }
        #expect(await forge.directory.lookups == 0)
    }
}

import ChromaModel
import Crypto
import CryptoExtras
import Platform
import TestSupport
import Testing

@testable import Access

/// What libjwt takes when it is called plainly, and other forgeries: each is refused.
struct ForgeryTests {
    private static func header(_ algorithm: String, _ more: String = "") -> String {
        "{\"alg\":\"\(algorithm)\",\"kid\":\"key-RS256\"\(more)}"
    }

    @Test("alg none in any spelling is refused", arguments: ["none", "NONE", "None", "nOnE", ""])
    func none(name: String) async throws {
        let forge = try await TokenForge()
        let body =
            base64URL(Array(Self.header(name).utf8)) + "."
            + base64URL(Array(TokenForge.claims().utf8))
        #expect(try await forge.refusal(of: body + ".") == .malformed)
        #expect(try await forge.refusal(of: body + ".AA") == .algorithm)
    }

    @Test("an RSA public key is no secret of HMAC")
    func algorithmConfusion() async throws {
        let rsa = SigningKey.of(.rs256)
        guard case .rsa(let pair) = rsa.material else { throw ServiceError.invalid("no RSA key") }
        let spellings = [
            Array(pair.publicKey.pemRepresentation.utf8),
            Array((pair.publicKey.pemRepresentation + "\n").utf8),
            Array(pair.publicKey.derRepresentation), Array(pair.publicKey.pkcs1DERRepresentation),
            Array(try rsa.webKey().utf8),
        ]
        // The provider has RSA keys alone, first where only they are allowed and then, which an
        // operator can't even set up, where HMAC is allowed too.
        for algorithms in [[.rs256], [.rs256, .hs256]] as [[SignatureAlgorithm]] {
            let forge = try await TokenForge(keys: [rsa])
            await forge.directory.set(TokenForge.issuer(algorithms: algorithms))
            for secret in spellings {
                let forger = SigningKey(
                    algorithm: .hs256, id: rsa.id, material: .secret(secret))
                let refusal = try await forge.refusal(of: TokenForge.token(by: forger))
                #expect(refusal == .algorithm || refusal == .unknownKey)
            }
        }
    }

    @Test("an empty secret signs nothing")
    func emptySecret() async throws {
        let forge = try await TokenForge()
        let forger = SigningKey(algorithm: .hs256, id: "key-HS256", material: .secret([]))
        #expect(try await forge.refusal(of: TokenForge.token(by: forger)) == .wrongSignature)
        let empty = VerificationKey(
            id: nil, algorithm: .hs256, material: .secret(SymmetricKey(data: [UInt8]())))
        let token = try JSONWebToken(parsing: TokenForge.token(by: forger))
        #expect(!LibJWT.verify(token, empty))
    }

    @Test(
        "a signature by another key of the same algorithm is refused",
        arguments: [
            SignatureAlgorithm.hs256, .es256, .es384, .es512, .edDSA,
        ])
    func otherKey(algorithm: SignatureAlgorithm) async throws {
        let forge = try await TokenForge()
        let material: SigningKey.Material =
            switch algorithm {
            case .es256: .p256(.init())
            case .es384: .p384(.init())
            case .es512: .p521(.init())
            case .edDSA: .ed25519(.init())
            default: .secret(Array(repeating: 1, count: 64))
            }
        let forger = SigningKey(
            algorithm: algorithm, id: SigningKey.of(algorithm).id, material: material)
        #expect(try await forge.refusal(of: TokenForge.token(by: forger)) == .wrongSignature)
    }

    @Test("a key verifies its own algorithm alone", arguments: SigningKey.all)
    func pinned(key: SigningKey) async throws {
        let forge = try await TokenForge()
        for other in SignatureAlgorithm.allCases where other != key.algorithm {
            // The header names another algorithm than the one that the key is for.
            let header = "{\"alg\":\"\(other.rawValue)\",\"kid\":\"\(key.id)\"}"
            let token = try TokenForge.token(by: key, header: header)
            #expect(try await forge.refusal(of: token) == .unknownKey)
        }
    }

    @Test("an algorithm that the issuer doesn't allow is refused")
    func disallowed() async throws {
        let forge = try await TokenForge()
        await forge.directory.set(TokenForge.issuer(algorithms: [.es256]))
        #expect(try await forge.refusal(of: TokenForge.token(by: .of(.rs256))) == .algorithm)
        #expect(try await forge.refusal(of: TokenForge.token(by: .of(.es256))) == nil)
    }

    @Test(
        "a header with anything odd is refused",
        arguments: [
            ("{\"alg\":\"rs256\",\"kid\":\"key-RS256\"}", AuthenticationRefusal.algorithm),
            ("{\"alg\":\"RS256\",\"kid\":\"key-RS256\",\"crit\":[\"exp\"]}", .criticalHeader),
            ("{\"alg\":\"RS256\",\"kid\":\"key-RS256\",\"crit\":[]}", .criticalHeader),
            ("{\"alg\":\"RS256\",\"alg\":\"RS256\",\"kid\":\"key-RS256\"}", .malformed),
            ("{\"alg\":\"none\",\"\\u0061lg\":\"RS256\",\"kid\":\"key-RS256\"}", .malformed),
            ("{\"alg\":\"RS256\",\"kid\":\"key-RS256\",\"b64\":false}", .malformed),
            ("{\"alg\":\"RS256\",\"kid\":\"key-RS256\",\"zip\":\"DEF\"}", .malformed),
            ("{\"alg\":\"RS256\",\"kid\":7}", .malformed),
            ("{\"alg\":\"RS256\",\"kid\":\"\"}", .malformed),
            ("{\"alg\":\"RS256\",\"kid\":\"key-RS256\",\"typ\":7}", .tokenType),
            ("{\"alg\":\"RS256\",\"kid\":\"key-RS256\",\"typ\":\"logout+jwt\"}", .tokenType),
            ("{\"alg\":[\"RS256\"],\"kid\":\"key-RS256\"}", .algorithm),
            ("{\"kid\":\"key-RS256\"}", .algorithm), ("[\"RS256\"]", .malformed),
            ("{\"alg\":\"RS256\",\"kid\":\"key-RS256\"} x", .malformed),
            ("{\"alg\":\"RS256\",\"kid\":\"/dev/null\"}", .unknownKey),
            ("{\"alg\":\"RS256\",\"kid\":\"../key-RS256\"}", .unknownKey),
            ("{\"alg\":\"RS256\",\"kid\":\"key-rs256\"}", .unknownKey),
            ("{\"alg\":\"ES256K\",\"kid\":\"key-RS256\"}", .algorithm),
        ])
    func headers(header: String, reason: AuthenticationRefusal) async throws {
        let forge = try await TokenForge()
        let token = try TokenForge.token(by: .of(.rs256), header: header)
        #expect(try await forge.refusal(of: token) == reason)
    }

    @Test("a key in the token's own header is not looked at")
    func embeddedKey() async throws {
        let forge = try await TokenForge()
        let forger = SigningKey(
            algorithm: .es256, id: "key-ES256", material: .p256(.init()))
        let header =
            "{\"alg\":\"ES256\",\"kid\":\"key-ES256\",\"jwk\":\(try forger.webKey()),"
            + "\"jku\":\"https://evil.example/keys\"}"
        let token = try TokenForge.token(by: forger, header: header)
        #expect(try await forge.refusal(of: token) == .wrongSignature)
        #expect(forge.documents.reads == 1)
    }

    @Test("a payload that two readers would read differently is refused")
    func payloads() async throws {
        let forge = try await TokenForge()
        let key = SigningKey.of(.es256)
        let header = "{\"alg\":\"ES256\",\"kid\":\"key-ES256\"}"
        let good = TokenForge.claims()
        let payloads = [
            good.dropLast() + ",\"tenant\":\"rival\"}", "[\(good)]", good + good, "\u{FEFF}" + good,
            good.dropLast() + ",\"x\":" + String(repeating: "[", count: 40)
                + String(repeating: "]", count: 40) + "}", "null", "7", "\"\(TokenForge.now)\"",
        ].map { String($0) }
        for payload in payloads {
            let token = try TokenForge.sign(header, payload, by: key)
            #expect(try await forge.refusal(of: token) == .malformed)
        }
    }

    @Test("a token of more than 8 KB is refused before anything is read of it")
    func oversized() async throws {
        let forge = try await TokenForge()
        let token = try TokenForge.token(["pad": "\"\(String(repeating: "x", count: 7000))\""])
        #expect(try await forge.refusal(of: token) == .tooLong)
        #expect(await forge.directory.lookups == 0)
    }

    @Test("the number and the alphabet of segments are checked")
    func segments() async throws {
        let forge = try await TokenForge()
        let token = try TokenForge.token()
        let bad = [
            token + ".", token + ".AA", "." + token, ".." + token, "..", token + "=",
            token + " ", token + "\n", "\u{0}" + token, token.replacing(".", with: ".."),
            token.replacing(".", with: "/"), String(token.dropLast(1)) + "+",
        ]
        for text in bad {
            #expect(try await forge.refusal(of: text) != nil)
        }
    }

    @Test("no token that was changed anywhere is taken", arguments: SigningKey.all)
    func mutations(key: SigningKey) async throws {
        let forge = try await TokenForge()
        let random = SeededRandom(seed: SystemRandomSource().next())
        let token = Array(try TokenForge.token(by: key).utf8)
        #expect(try await forge.refusal(of: String(decoding: token, as: UTF8.self)) == nil)
        for _ in 0..<300 {
            let changed = Self.mutate(token, random)
            guard changed != token else { continue }
            let text = String(decoding: changed, as: UTF8.self)
            #expect(
                try await forge.refusal(of: text) != nil, "seed \(random.seed): \(text)")
        }
    }

    /// One to three changes: a byte, a bit, a piece left out, doubled or moved.
    private static func mutate(_ token: [UInt8], _ random: SeededRandom) -> [UInt8] {
        let symbols = Array("ABYZabyz0189-_.=+/ \u{0}{}\"".utf8)
        var bytes = token
        for _ in 0...random.below(3) where bytes.count > 2 {
            let place = random.below(bytes.count)
            let end = min(bytes.count, place + 1 + random.below(8))
            switch random.below(6) {
            case 0: bytes[place] = symbols[random.below(symbols.count)]
            case 1: bytes[place] ^= 1 << UInt8(random.below(7))
            case 2: bytes.removeSubrange(place..<end)
            case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 4: bytes.insert(symbols[random.below(symbols.count)], at: place)
            default: bytes.swapAt(place, random.below(bytes.count))
            }
        }
        return bytes
    }
}

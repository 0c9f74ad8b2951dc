import ChromaModel
import Crypto
import TestSupport
import Testing

@testable import Access

struct JSONWebKeySetTests {
    private static func read(
        _ keys: [String], algorithms: [SignatureAlgorithm] = SignatureAlgorithm.allCases,
        isLocal: Bool = true
    ) throws -> JSONWebKeySet {
        try JSONWebKeySet(
            parsing: SigningKey.set(keys), algorithms: algorithms, isLocal: isLocal)
    }

    @Test("a key of every algorithm is read and pinned to it")
    func all() throws {
        let set = try Self.read(SigningKey.all.map { try $0.webKey(",\"use\":\"sig\"") })
        #expect(set.keys.map(\.algorithm) == SignatureAlgorithm.allCases)
        #expect(set.defects.isEmpty)
    }

    @Test("a secret is taken from a local file, never from a provider")
    func secrets() throws {
        let secret = try SigningKey.of(.hs256).webKey()
        #expect(try Self.read([secret]).keys.count == 1)
        #expect(throws: ServiceError.self) { try Self.read([secret], isLocal: false) }
        let short = "{\"kty\":\"oct\",\"alg\":\"HS256\",\"k\":\"\(base64URL([1, 2, 3]))\"}"
        #expect(throws: ServiceError.self) { try Self.read([short]) }
    }

    @Test(
        "a key that is for something else, weak or wrong is left out, and the good one stays",
        arguments: [
            (#"{"use":"enc","kty":"RSA"}"#, JSONWebKey.Defect.otherUse),
            (#"{"key_ops":["sign"],"kty":"RSA"}"#, .otherUse),
            (#"{"key_ops":"verify","kty":"RSA"}"#, .otherUse),
            (#"{"kty":"RSA","d":"AQAB"}"#, .privatePart), (#"{"kty":"AKP"}"#, .unknownType),
            (#"{"kty":"OKP","crv":"X25519","x":"AA"}"#, .unknownType),
            (#"{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}"#, .unknownType),
            (#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#, .malformed),
            (#"{"kty":"EC","crv":"P-256","alg":"ES384","x":"AA","y":"AA"}"#, .algorithm),
            (#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#, .algorithm),
            (#"{"kty":"RSA","alg":"RS256","n":"AQAB","e":"AQAB"}"#, .size),
            (#"{"kty":"RSA","alg":"HS256","n":"AQAB","e":"AQAB"}"#, .algorithm),
            (#"{"kty":"RSA","alg":"RS256","n":"AQ==","e":"AQAB"}"#, .malformed),
            (#"{"kty":7}"#, .malformed), ("7", .malformed),
        ])
    func defects(key: String, defect: JSONWebKey.Defect) throws {
        let set = try Self.read([key, SigningKey.of(.es256).webKey()])
        #expect(set.keys.count == 1)
        #expect(set.defects == ["key 0 is not used: \(defect.rawValue)"])
    }

    @Test("a point of another curve, or of none, is refused")
    func curves() throws {
        let members = try SigningKey.of(.es384).publicMembers
        for curve in ["P-256", "P-521"] {
            let key = "{\(members.replacing("P-384", with: curve))}"
            #expect(throws: ServiceError.self) { try Self.read([key]) }
        }
        let zeros = base64URL(Array(repeating: 7, count: 32))
        #expect(throws: ServiceError.self) {
            try Self.read([#"{"kty":"EC","crv":"P-256","x":"\#(zeros)","y":"\#(zeros)"}"#])
        }
    }

    @Test(
        "an RSA exponent that makes no key is refused",
        arguments: ["AQ", "Ag", "AQAA", "AQAAAAE"])
    func exponents(text: String) throws {
        let good = try SigningKey.of(.rs256).webKey()
        let key = good.replacing(#""e":"AQAB""#, with: #""e":"\#(text)""#)
        #expect(key != good)
        #expect(throws: ServiceError.self) { try Self.read([key]) }
    }

    @Test("an RSA key that names no algorithm gets the only one that its issuer allows")
    func unnamed() throws {
        let key = "{\(try SigningKey.of(.rs256).publicMembers)}"
        #expect(try Self.read([key], algorithms: [.es256, .rs384]).keys[0].algorithm == .rs384)
        #expect(throws: ServiceError.self) {
            try Self.read([key], algorithms: [.rs256, .ps256])
        }
    }

    @Test("a token without a key id fits only where there is one key to try")
    func withoutID() throws {
        let header = try TokenHeader(parsing: Array(#"{"alg":"ES256"}"#.utf8))
        let key = SigningKey.of(.es256)
        let other = SigningKey(algorithm: .es256, id: "other", material: .p256(.init()))
        #expect(try Self.read([key.webKey()]).candidates(for: header).count == 1)
        #expect(try Self.read([key.webKey(), other.webKey()]).candidates(for: header).isEmpty)
    }

    @Test(
        "what is no key set is refused",
        arguments: ["", "{}", "[]", "{\"keys\":7}", "{\"keys\":[]}", "{\"keys\":[],\"keys\":[]}"])
    func noSet(text: String) {
        #expect(throws: ServiceError.self) {
            try JSONWebKeySet(parsing: Array(text.utf8), algorithms: [.es256], isLocal: true)
        }
    }

    @Test("a key doesn't print itself")
    func redacted() throws {
        let key = try Self.read([SigningKey.of(.hs256).webKey()]).keys[0]
        #expect("\(key)" == "HS256 key key-HS256")
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!dumped.contains("5A5A") && !dumped.contains("90"))
    }
}

import Crypto
import CryptoExtras

@testable import Access

/// A key pair, or a secret, that signs tokens as an identity provider does.
struct SigningKey: Sendable {
    enum Material: Sendable {
        case secret([UInt8])
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case p521(P521.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    let algorithm: SignatureAlgorithm
    let id: String
    let material: Material

    /// A key for each algorithm, made once; RSA ones take a while.
    static let all: [SigningKey] = SignatureAlgorithm.allCases.map { algorithm in
        SigningKey(
            algorithm: algorithm, id: "key-\(algorithm.rawValue)",
            material: material(for: algorithm))
    }

    static func of(_ algorithm: SignatureAlgorithm) -> SigningKey {
        all.first { $0.algorithm == algorithm } ?? all[0]
    }

    private static let rsa = try? _RSA.Signing.PrivateKey(keySize: .bits2048)

    private static func material(for algorithm: SignatureAlgorithm) -> Material {
        switch algorithm {
        case .hs256, .hs384, .hs512: .secret(Array(repeating: 0x5A, count: 64))
        case .es256: .p256(.init())
        case .es384: .p384(.init())
        case .es512: .p521(.init())
        case .edDSA: .ed25519(.init())
        default: rsa.map { .rsa($0) } ?? .secret([])
        }
    }

    /// The raw signature over the bytes.
    func sign(_ bytes: [UInt8]) throws -> [UInt8] {
        switch algorithm {
        case .hs256, .rs256, .ps256, .es256, .edDSA: try sign(bytes, SHA256.self)
        case .hs384, .rs384, .ps384, .es384: try sign(bytes, SHA384.self)
        case .hs512, .rs512, .ps512, .es512: try sign(bytes, SHA512.self)
        }
    }

    private func sign<Hash: HashFunction>(_ bytes: [UInt8], _: Hash.Type) throws -> [UInt8] {
        let digest = Hash.hash(data: bytes)
        let isPSS = algorithm.rawValue.hasPrefix("PS")
        return switch material {
        case .secret(let secret):
            Array(
                HMAC<Hash>.authenticationCode(for: bytes, using: SymmetricKey(data: secret)))
        case .rsa(let key):
            Array(
                try key.signature(for: digest, padding: isPSS ? .PSS : .insecurePKCS1v1_5)
                    .rawRepresentation)
        case .p256(let key): Array(try key.signature(for: digest).rawRepresentation)
        case .p384(let key): Array(try key.signature(for: digest).rawRepresentation)
        case .p521(let key): Array(try key.signature(for: digest).rawRepresentation)
        case .ed25519(let key): Array(try key.signature(for: bytes))
        }
    }

    /// The public half as the members of a JSON Web Key; of a secret the secret.
    var publicMembers: String {
        get throws {
            switch material {
            case .secret(let secret): "\"kty\":\"oct\",\"k\":\"\(base64URL(secret))\""
            case .rsa(let key):
                try Self.rsaMembers(key.publicKey)
            case .p256(let key):
                Self.pointMembers("P-256", Array(key.publicKey.x963Representation))
            case .p384(let key):
                Self.pointMembers("P-384", Array(key.publicKey.x963Representation))
            case .p521(let key):
                Self.pointMembers("P-521", Array(key.publicKey.x963Representation))
            case .ed25519(let key):
                "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\""
                    + "\(base64URL(Array(key.publicKey.rawRepresentation)))\""
            }
        }
    }

    /// The public half as a JSON Web Key with its id and algorithm.
    func webKey(_ more: String = "") throws -> String {
        try "{\(publicMembers),\"kid\":\"\(id)\",\"alg\":\"\(algorithm.rawValue)\"\(more)}"
    }

    static func set(_ keys: [String]) -> [UInt8] {
        Array("{\"keys\":[\(keys.joined(separator: ","))]}".utf8)
    }

    private static func rsaMembers(_ key: _RSA.Signing.PublicKey) throws -> String {
        let numbers = try key.getKeyPrimitives()
        return "\"kty\":\"RSA\",\"n\":\"\(base64URL(Array(numbers.modulus)))\","
            + "\"e\":\"\(base64URL(Array(numbers.publicExponent)))\""
    }

    private static func pointMembers(_ curve: String, _ point: [UInt8]) -> String {
        let length = (point.count - 1) / 2
        let (x, y) = (Array(point[1...length]), Array(point[(1 + length)...]))
        return "\"kty\":\"EC\",\"crv\":\"\(curve)\",\"x\":\"\(base64URL(x))\","
            + "\"y\":\"\(base64URL(y))\""
    }
}

/// Base64 in the URL alphabet without padding.
func base64URL(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var text: [UInt8] = []
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for byte in bytes {
        bits = bits << 8 | UInt32(byte)
        count += 8
        while count >= 6 {
            count -= 6
            text.append(alphabet[Int(bits >> count & 63)])
        }
        bits &= (1 << count) - 1
    }
    if count > 0 { text.append(alphabet[Int(bits << (6 - count) & 63)]) }
    return String(decoding: text, as: UTF8.self)
}

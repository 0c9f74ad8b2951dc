import Crypto
import CryptoExtras

/// A key that verifies signatures of exactly one algorithm: what a token's header says only
/// chooses among keys, never how a key is used (RFC 8725 §3.1).
struct VerificationKey: Sendable {
    let id: ClaimText?
    let algorithm: SignatureAlgorithm
    let material: Material
    /// The key as libjwt wants it, never empty: a PEM, or the secret itself. nil when libjwt
    /// doesn't know the algorithm.
    let libjwtBytes: [UInt8]?

    enum Material: Sendable {
        case secret(SymmetricKey)
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case p521(P521.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    init(id: ClaimText?, algorithm: SignatureAlgorithm, material: Material) {
        self.id = id
        self.algorithm = algorithm
        self.material = material
        libjwtBytes = LibJWT.knows(algorithm) ? material.libjwtBytes : nil
    }
}

extension VerificationKey.Material {
    fileprivate var libjwtBytes: [UInt8]? {
        switch self {
        case .secret(let key): key.withUnsafeBytes { Array($0) }
        case .rsa(let key): Array(key.pemRepresentation.utf8)
        case .p256(let key): Array(key.pemRepresentation.utf8)
        case .p384(let key): Array(key.pemRepresentation.utf8)
        case .p521(let key): Array(key.pemRepresentation.utf8)
        case .ed25519: nil
        }
    }
}

extension VerificationKey: CustomStringConvertible, CustomReflectable {
    /// Without the key itself, which may be a secret.
    var description: String { "\(algorithm.rawValue) key \(id?.value ?? "without id")" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

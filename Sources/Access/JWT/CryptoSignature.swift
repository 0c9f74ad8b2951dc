import Crypto
import CryptoExtras

/// Verifies signatures with swift-crypto: the algorithms and token types that libjwt refuses.
enum CryptoSignature {
    /// Whether the signature is good, for `key`'s algorithm.
    static func verify(_ token: JSONWebToken, _ key: VerificationKey) -> Bool {
        switch key.algorithm {
        case .hs256, .rs256, .ps256, .es256: verify(token, key, SHA256.self)
        case .hs384, .rs384, .ps384, .es384: verify(token, key, SHA384.self)
        case .hs512, .rs512, .ps512, .es512: verify(token, key, SHA512.self)
        case .edDSA: verifyEdwards(token, key)
        }
    }

    private static func verify<Hash: HashFunction>(
        _ token: JSONWebToken, _ key: VerificationKey, _ hash: Hash.Type
    ) -> Bool {
        let (message, signature) = (token.signedBytes, token.signature)
        let digest = Hash.hash(data: message)
        switch key.material {
        case .secret(let secret):
            return HMAC<Hash>.isValidAuthenticationCode(
                signature, authenticating: message, using: secret)
        case .rsa(let publicKey):
            return publicKey.isValidSignature(
                .init(rawRepresentation: signature), for: digest,
                padding: padding(key.algorithm))
        case .p256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
            else { return false }
            return key.isValidSignature(signature, for: digest)
        case .p384(let key):
            guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: signature)
            else { return false }
            return key.isValidSignature(signature, for: digest)
        case .p521(let key):
            guard let signature = try? P521.Signing.ECDSASignature(rawRepresentation: signature)
            else { return false }
            return key.isValidSignature(signature, for: digest)
        case .ed25519: return false
        }
    }

    private static func verifyEdwards(_ token: JSONWebToken, _ key: VerificationKey) -> Bool {
        guard case .ed25519(let key) = key.material else { return false }
        return key.isValidSignature(token.signature, for: token.signedBytes)
    }

    private static func padding(_ algorithm: SignatureAlgorithm) -> _RSA.Signing.Padding {
        switch algorithm {
        case .ps256, .ps384, .ps512: .PSS
        default: .insecurePKCS1v1_5
        }
    }
}

import CJWT
import ChromaModel

/// Verifies signatures with libjwt, which stands on OpenSSL.
///
/// Called plainly, libjwt 1.10 takes a token as verified when the key is null or empty, and an
/// RSA public key as a secret of HMAC. So the caller has pinned the key's algorithm to the
/// token's, the key is never empty, and the algorithm that libjwt says it used is compared again.
enum LibJWT {
    static func knows(_ algorithm: SignatureAlgorithm) -> Bool { constant(algorithm) != nil }

    /// Whether the signature is good, for `key`'s algorithm.
    static func verify(_ token: JSONWebToken, _ key: VerificationKey) -> Bool {
        guard let algorithm = constant(key.algorithm), let bytes = key.libjwtBytes,
            !bytes.isEmpty, let length = Int32(exactly: bytes.count)
        else { return false }
        var decoded: OpaquePointer?
        let result = bytes.withUnsafeBufferPointer { bytes in
            jwt_decode(&decoded, token.text, bytes.baseAddress, length)
        }
        defer { if let decoded { jwt_free(decoded) } }
        guard result == 0, let decoded else { return false }
        return jwt_get_alg(decoded) == algorithm
    }

    /// nil: libjwt doesn't know it.
    private static func constant(_ algorithm: SignatureAlgorithm) -> jwt_alg_t? {
        switch algorithm {
        case .hs256: JWT_ALG_HS256
        case .hs384: JWT_ALG_HS384
        case .hs512: JWT_ALG_HS512
        case .rs256: JWT_ALG_RS256
        case .rs384: JWT_ALG_RS384
        case .rs512: JWT_ALG_RS512
        case .es256: JWT_ALG_ES256
        case .es384: JWT_ALG_ES384
        case .es512: JWT_ALG_ES512
        case .ps256, .ps384, .ps512, .edDSA: nil
        }
    }
}

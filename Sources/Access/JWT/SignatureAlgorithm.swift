/// A signature algorithm of JSON Web Tokens, by its registered name (RFC 7518 §3.1, RFC 8037).
/// `none` is not among them.
package enum SignatureAlgorithm: String, Sendable, CaseIterable {
    case hs256 = "HS256"
    case hs384 = "HS384"
    case hs512 = "HS512"
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case edDSA = "EdDSA"

    /// What a key of the algorithm is.
    enum Family: Sendable {
        case hmac, rsa, ellipticCurve, edwardsCurve
    }

    var family: Family {
        switch self {
        case .hs256, .hs384, .hs512: .hmac
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa
        case .es256, .es384, .es512: .ellipticCurve
        case .edDSA: .edwardsCurve
        }
    }

    /// Whether whoever can verify can also sign, so that the key must be a secret.
    package var isSymmetric: Bool { family == .hmac }
}

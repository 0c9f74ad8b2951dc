import ChromaModel
import ChromaWire

/// What a token's header says of its signature (RFC 7515 §4.1). Keys and addresses of keys in the
/// header (`jwk`, `jku`, `x5c`, `x5u`) are never looked at.
struct TokenHeader: Sendable {
    /// Longest key id, in bytes.
    static let keyIDBytesMax = 256

    let algorithm: SignatureAlgorithm
    let keyID: ClaimText?
    /// Whether `typ` is absent or `JWT`, the only types that libjwt takes.
    let hasPlainType: Bool

    init(parsing bytes: [UInt8]) throws(AuthenticationRefusal) {
        guard let tree = try? JSONTree(parsing: bytes), tree.isObject else { throw .malformed }
        // It lists what a reader must understand beyond the standard, and we understand nothing.
        guard tree["crit"] == nil else { throw .criticalHeader }
        // Payloads as they are (RFC 7797) and encrypted tokens are read in another way.
        guard tree["b64"] == nil, tree["enc"] == nil, tree["zip"] == nil else { throw .malformed }
        guard let name = tree["alg"]?.string,
            let algorithm = SignatureAlgorithm.allCases.first(where: {
                $0.rawValue.isByteEqual(to: name)
            })
        else { throw .algorithm }
        self.algorithm = algorithm
        keyID = try Self.keyID(tree["kid"])
        hasPlainType = try Self.isPlain(type: tree["typ"])
    }

    private static func keyID(_ tree: JSONTree?) throws(AuthenticationRefusal) -> ClaimText? {
        guard let tree else { return nil }
        guard let text = tree.string, (1...keyIDBytesMax).contains(text.utf8.count) else {
            throw .malformed
        }
        return ClaimText(text)
    }

    /// A token of another type (an ID token's logout, a DPoP proof) was made for something else.
    private static func isPlain(type: JSONTree?) throws(AuthenticationRefusal) -> Bool {
        guard let type else { return true }
        switch type.string?.lowercased() {
        case "jwt": return true
        case "at+jwt", "application/at+jwt": return false
        default: throw .tokenType
        }
    }
}

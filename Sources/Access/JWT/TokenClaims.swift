import ChromaModel
import ChromaWire

/// What a token claims (RFC 7519 §4.1); true only once its signature is verified.
struct TokenClaims: Sendable {
    /// Longest issuer, subject and token id, in bytes.
    static let textBytesMax = 512
    /// The end of the year 9999, in seconds.
    private static let secondsMax = 253_402_300_799.0

    let issuer: IssuerURL
    let subject: ClaimText
    let audiences: [ClaimText]
    /// Unix times in milliseconds.
    let expiresAtMilliseconds: UInt64
    let notBeforeMilliseconds: UInt64?
    let issuedAtMilliseconds: UInt64
    let tokenID: ClaimText?
    /// All claims, for those that an issuer names as it likes.
    let tree: JSONTree

    /// Issuer, subject, audience, issue and expiry must be there, as in an access token of RFC 9068
    /// and an OpenID Connect ID token, and every registered claim must have its type.
    init(parsing bytes: [UInt8]) throws(AuthenticationRefusal) {
        guard let tree = try? JSONTree(parsing: bytes), tree.isObject,
            let issuer = tree["iss"]?.string, Self.isPlain(issuer),
            let subject = try Self.text(tree["sub"]),
            let expiry = try Self.milliseconds(tree["exp"]),
            let issued = try Self.milliseconds(tree["iat"])
        else { throw .malformed }
        self.issuer = IssuerURL(issuer)
        self.subject = subject
        audiences = try Self.audiences(tree["aud"])
        expiresAtMilliseconds = expiry
        notBeforeMilliseconds = try Self.milliseconds(tree["nbf"])
        issuedAtMilliseconds = issued
        tokenID = try Self.text(tree["jti"])
        self.tree = tree
    }

    /// What is looked up in the directory has no control characters, which no URL has.
    private static func isPlain(_ issuer: String) -> Bool {
        (1...textBytesMax).contains(issuer.utf8.count)
            && issuer.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }

    private static func text(_ tree: JSONTree?) throws(AuthenticationRefusal) -> ClaimText? {
        guard let tree else { return nil }
        guard let text = tree.string, (1...textBytesMax).contains(text.utf8.count) else {
            throw .malformed
        }
        return ClaimText(text)
    }

    /// One text or a list of them.
    private static func audiences(_ tree: JSONTree?) throws(AuthenticationRefusal) -> [ClaimText] {
        if let one = tree?.string { return [ClaimText(one)] }
        let texts = tree?.array?.map(\.string) ?? []
        let audiences = texts.compactMap { $0.map { ClaimText($0) } }
        guard !audiences.isEmpty, audiences.count == texts.count else { throw .malformed }
        return audiences
    }

    private static func milliseconds(_ tree: JSONTree?) throws(AuthenticationRefusal) -> UInt64? {
        guard let tree else { return nil }
        guard let seconds = tree.number, (0...secondsMax).contains(seconds) else {
            throw .malformed
        }
        return UInt64(seconds * 1000)
    }
}

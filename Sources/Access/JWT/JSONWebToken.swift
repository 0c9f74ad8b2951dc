import ChromaModel
import ChromaWire

/// A signed token in its compact form, taken apart strictly and not yet believed.
///
/// This is the front end that libjwt needs (it takes `crit`, duplicate names and tokens that
/// overflow its stack): nothing reaches a verifier that did not pass here.
struct JSONWebToken: Sendable {
    /// Longest token that is looked at, in bytes. Real ones are of 1 to 3 KB.
    static let bytesMax = 8192
    private static let segmentCount = 3

    let header: TokenHeader
    let claims: TokenClaims
    /// The whole token: URL-safe base64 and two dots.
    let text: String
    /// What was signed: header and payload as sent, with the dot between.
    let signedBytes: [UInt8]
    let signature: [UInt8]

    /// Whether a credential is meant to be one: whatever has two dots.
    static func isLikely(_ text: String) -> Bool {
        text.utf8.count { $0 == UInt8(ascii: ".") } == segmentCount - 1
    }

    /// Throws what is wrong with its form.
    init(parsing text: String) throws(AuthenticationRefusal) {
        guard text.utf8.count <= Self.bytesMax else { throw .tooLong }
        let bytes = Array(text.utf8)
        let segments = bytes.split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard segments.count == Self.segmentCount, segments.allSatisfy({ !$0.isEmpty }),
            let header = Base64URL.decode(segments[0]),
            let payload = Base64URL.decode(segments[1]),
            let signature = Base64URL.decode(segments[2])
        else { throw .malformed }
        self.header = try TokenHeader(parsing: header)
        claims = try TokenClaims(parsing: payload)
        self.text = text
        signedBytes = Array(bytes[..<segments[1].endIndex])
        self.signature = signature
    }
}

/// Where a caller puts its token: `authorization: Bearer …`, or `x-chroma-token` as Chroma's
/// clients do.
enum Credential {
    static let authorizationHeader = "authorization"
    static let chromaHeader = "x-chroma-token"

    /// The token's text; nil when neither header has one. The scheme is read in any case.
    static func token(authorization: String?, chromaToken: String?) -> String? {
        guard let authorization else { return chromaToken }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return chromaToken }
        return String(parts[1])
    }
}

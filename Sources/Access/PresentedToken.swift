/// Where a caller puts its token, on every port, over HTTP and gRPC alike: `x-chroma-token`, or
/// else `authorization: Bearer …` (protocol §7.1).
package enum PresentedToken {
    /// Names of header fields, as HTTP/2 writes them.
    package static let chromaHeader = "x-chroma-token"
    package static let authorizationHeader = "authorization"

    /// The token of the two fields' values; nil for none and for other schemes, such as Basic.
    ///
    /// The values of a field that is there twice come joined by commas, as HTTP reads them. No
    /// token has one, so they are refused: one reader would take the first, another the last.
    package static func text(chromaToken: String?, authorization: String?) -> String? {
        if let chromaToken { return chromaToken }
        guard let words = authorization?.split(separator: " ", maxSplits: 1),
            words.count == 2, words[0].lowercased() == "bearer"
        else { return nil }
        return String(words[1])
    }
}

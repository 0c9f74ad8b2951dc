import Access
import HTTPTypes

/// Learns who is asking, from `x-chroma-token` or else `Authorization: Bearer` (protocol §7.1).
struct AuthenticateStage: Stage {
    let authenticator: Authenticator

    /// Throws `unauthenticated`.
    func run(_ context: inout RequestContext) async throws {
        guard let route = context.route, !route.endpoint.isOpen else { return }
        let presented = Self.credential(in: context.head.headerFields)
        context.principal = try await authenticator.authenticate(presented: presented)
    }

    /// The token of a request; nil for none and for other schemes, such as Basic.
    static func credential(in fields: HTTPFields) -> String? {
        if let token = fields[.chromaToken] { return token }
        guard let words = fields[.authorization]?.split(separator: " ", maxSplits: 1),
            words.count == 2, words[0].lowercased() == "bearer"
        else { return nil }
        return String(words[1])
    }
}

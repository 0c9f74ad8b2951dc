import Access
import HTTPTypes

/// Learns who is asking, from `x-chroma-token` or else `Authorization: Bearer` (protocol §7.1).
struct AuthenticateStage: Stage {
    let authenticator: Authenticator

    /// Throws `unauthenticated`.
    func run(_ context: inout RequestContext) async throws {
        guard let route = context.route, !route.endpoint.isOpen else { return }
        let presented = Self.credential(in: context.head.headerFields)
        context.principal = try await authenticator.authenticate(
            presented: presented, from: context.client)
    }

    /// The token of a request; nil for none and for other schemes, such as Basic.
    static func credential(in fields: HTTPFields) -> String? {
        credential(chromaToken: fields.value(of: .chromaToken),
            authorization: fields.value(of: .authorization))
    }

    /// The token of the two fields' values, over HTTP and gRPC alike.
    static func credential(chromaToken: String?, authorization: String?) -> String? {
        if let chromaToken { return chromaToken }
        guard let words = authorization?.split(separator: " ", maxSplits: 1),
            words.count == 2, words[0].lowercased() == "bearer"
        else { return nil }
        return String(words[1])
    }
}

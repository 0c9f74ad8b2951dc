import Access
import HTTPTypes

/// Learns who is asking, by the token that it shows.
struct AuthenticateStage: Stage {
    let authenticator: Authenticator
    var name: String { "authenticate" }

    /// Throws `unauthenticated`.
    func run(_ context: inout RequestContext) async throws {
        guard let route = context.route, !route.endpoint.isOpen else { return }
        let presented = Self.credential(in: context.head.headerFields)
        context.principal = try await authenticator.authenticate(
            presented: presented, from: context.client)
    }

    private static func credential(in fields: HTTPFields) -> String? {
        PresentedToken.text(
            chromaToken: fields.value(of: .chromaToken),
            authorization: fields.value(of: .authorization))
    }
}

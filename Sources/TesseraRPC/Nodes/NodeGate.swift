import ChromaModel
import GRPCCore
import GRPCNIOTransportHTTP2
import TransportSecurity
import X509

/// Lets the calls of a service through that come from the right peers. The handshake has checked
/// that the certificate is one of the installation's; here it is asked what its owner is.
struct NodeGate: ServerInterceptor {
    let callers: Set<NodeRole>

    func intercept<Input: Sendable, Output: Sendable>(
        request: StreamingServerRequest<Input>, context: ServerContext,
        next:
            @Sendable (
                _ request: StreamingServerRequest<Input>, _ context: ServerContext
            ) async throws -> StreamingServerResponse<Output>
    ) async throws -> StreamingServerResponse<Output> {
        guard !context.peerRoles.isDisjoint(with: callers) else {
            throw RPCError(
                code: .permissionDenied,
                message: "The peer's certificate names no role that may call this.")
        }
        return try await next(request, context)
    }
}

extension ServerContext {
    /// The roles that the peer's certificate names; empty without one.
    package var peerRoles: Set<NodeRole> {
        guard let peer = transportSpecific as? HTTP2ServerTransport.Posix.Context,
            let names = try? peer.peerCertificate?.extensions.subjectAlternativeNames
        else { return [] }
        return Set(
            names.compactMap { name in
                guard case .dnsName(let text) = name else { return nil }
                return NodeRole(certificateName: text)
            })
    }
}

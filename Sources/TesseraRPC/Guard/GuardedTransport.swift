import GRPCCore
import GRPCNIOTransportHTTP2
import NIOSSL
import TransportSecurity

/// The transport of the public gRPC ports: the library's HTTP/2 on sockets that
/// `GuardedListenerFactory` makes.
package struct GuardedTransport: ListeningServerTransport {
    package typealias Bytes = GRPCNIOTransportBytes
    private typealias Base = HTTP2ServerTransport.Custom<GuardedListenerFactory>

    private let base: Base

    /// Throws `invalidArgument` when the host doesn't resolve, and when the certificate can't be
    /// used.
    init(
        _ address: RPCAddress, certificate: ServerCertificate?,
        requestBytesMax: Int, limits: RPCLimits
    ) throws {
        let tls = try certificate.map {
            try NIOSSLContext(configuration: $0.configuration(protocols: ["grpc-exp", "h2"]))
        }
        var config = Base.Config.defaults
        config.rpc.maxRequestPayloadSize = requestBytesMax
        limits.apply(to: &config.http2)
        limits.apply(to: &config.connection)
        limits.apply(to: &config.channelDebuggingCallbacks)
        base = Base(
            listenerFactory: GuardedListenerFactory(
                address: try address.resolved(), tls: tls, census: limits.census),
            config: config)
    }

    /// What kept it from listening is thrown by `listen`.
    struct NotListening: Error {}

    /// Throws `NotListening` when it doesn't.
    package var listeningAddress: GRPCNIOTransportHTTP2.SocketAddress {
        get async throws {
            guard let address = await base.listeningAddress else { throw NotListening() }
            return address
        }
    }

    package func configure(context: GRPCServerContext) { base.configure(context: context) }

    package func listen(
        streamHandler:
            @escaping @Sendable (
                _ stream: RPCStream<Inbound, Outbound>, _ context: ServerContext
            ) async -> Void
    ) async throws {
        try await base.listen(streamHandler: streamHandler)
    }

    package func beginGracefulShutdown() { base.beginGracefulShutdown() }
}

import GRPCCore
import GRPCNIOTransportHTTP2
import HTTPServing
import NIOCore
import NIOSSL
import ServiceLifecycle
import TransportSecurity

/// The listener for the other processes of the installation: mutual TLS, always.
///
/// A peer without a certificate of the installation's own authority doesn't get through the
/// handshake; one whose certificate names the wrong role is refused by the gate of each service.
/// Run it once, in a `ServiceGroup`.
package final class NodeListener: Service {
    /// How often an idle peer may ask whether the connection still stands, in seconds.
    private static let pingSecondsMin = 5
    /// Connections at once: some for each node, and those that come to nothing in the handshake.
    private static let connectionsMax = 4096

    // The library's own listener, for it tells of a call which certificate its peer has.
    private let listener: RPCListener<HTTP2ServerTransport.Posix>

    /// - Parameters:
    ///   - requestBytesMax: the most bytes that one request message may have.
    /// - Throws: `invalidArgument` when the host doesn't resolve.
    package init(
        host: String, port: Int, certificate: NodeCertificate, requestBytesMax: Int,
        services: [NodeService]
    ) throws {
        let address = RPCAddress(host: host, port: port, hostKey: "edge.host")
        let census = ConnectionCensus(
            ConnectionCensus.Limits(
                connectionsMax: Self.connectionsMax, connectionsMaxPerAddress: 0))
        let transport = HTTP2ServerTransport.Posix(
            address: try address.resolvedForTransport(),
            transportSecurity: try .mTLS(certificateReloader: certificate.own.reloader) {
                $0.trustRoots = .certificates([
                    .file(path: certificate.issuersFile, format: .pem)
                ])
            },
            config: Self.configuration(requestBytesMax: requestBytesMax, census: census))
        listener = RPCListener(transport, census: census) { router in
            for service in services { service.register(&router) }
            router.registerInterceptors(
                pipeline: [.apply(ServerTracing(), to: .all)] + services.flatMap(\.gates))
        }
    }

    package func run() async throws { try await listener.run() }

    /// The port it listens on, once it does. Throws when it couldn't.
    package func boundPort() async throws -> Int { try await listener.boundPort() }

    private static func configuration(
        requestBytesMax: Int, census: ConnectionCensus
    ) -> HTTP2ServerTransport.Posix.Config {
        .defaults {
            $0.rpc.maxRequestPayloadSize = requestBytesMax
            $0.connection.keepalive.clientBehavior.allowWithoutCalls = true
            $0.connection.keepalive.clientBehavior.minPingIntervalWithoutCalls =
                .seconds(Self.pingSecondsMin)
            $0.connection.flushCoalescing = nil
            $0.http2.targetWindowSize = NodeTraffic.windowBytes
            $0.http2.maxFrameSize = NodeTraffic.frameBytesMax
            $0.channelDebuggingCallbacks.onAcceptTCPConnection = { channel in
                channel.eventLoop.makeCompletedFuture { try guarding(channel, by: census) }
            }
        }
    }

    private static func guarding(_ channel: any Channel, by census: ConnectionCensus) throws {
        let pipeline = channel.pipeline.syncOperations
        let tls = try pipeline.handler(type: NIOSSLServerHandler.self)
        try pipeline.addHandlers(
            [ModernTLSHandler(), OpeningDeadlineHandler()], position: .after(tls))
        try census.watch(channel)
    }
}

import GRPCNIOTransportHTTP2
import HTTPServing
import NIOCore
import NIOPosix
import NIOSSL
import TransportSecurity

/// Makes the listening socket of a public gRPC port: with the bounds of `RPCLimits`, and with TLS
/// as the HTTP ports have it, which the library's own listener can't be told.
struct GuardedListenerFactory: HTTP2ServerTransport.ListenerFactory {
    typealias Connection = HTTP2ServerTransport.ConnectionConfigurator.ConnectionChannel

    let address: NIOCore.SocketAddress
    /// nil serves in clear text.
    let tls: NIOSSLContext?
    let census: ConnectionCensus
    let eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton

    func makeListeningChannel(
        listenerConfigurator: HTTP2ServerTransport.ListenerConfigurator,
        connectionConfigurator: HTTP2ServerTransport.ConnectionConfigurator
    ) async throws -> NIOAsyncChannel<Connection, Never> {
        try await ServerBootstrap(group: eventLoopGroup)
            .serverChannelOption(.backlog, value: Int32(RPCLimits.connectionsWaitingMax))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { listenerConfigurator.configure(channel: $0) }
            .bind(to: address) { channel in
                channel.eventLoop.makeCompletedFuture { try self.prepare(channel) }.flatMap {
                    connectionConfigurator.configure(
                        channel: channel,
                        tls: self.tls == nil ? .none : .configured(requireALPN: true))
                }
            }
    }

    /// What comes before HTTP/2.
    private func prepare(_ channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
        try pipeline.addHandler(OpeningDeadlineHandler())
        try census.watch(channel)
    }
}

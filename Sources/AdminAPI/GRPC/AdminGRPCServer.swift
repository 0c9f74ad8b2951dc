import ChromaModel
import GRPCCore
import GRPCNIOTransportHTTP2
import NIOCore
import ServiceLifecycle

/// The admin API over gRPC.
package final class AdminGRPCServer: Service {
    /// The most bytes one request message may have.
    package static let requestBytesMax = 1 << 20

    private let server: GRPCServer<HTTP2ServerTransport.Posix>

    /// - Parameters:
    ///   - host: the name or address to listen on.
    ///   - port: 0 takes any free one.
    /// - Throws: `invalidArgument` when the host doesn't resolve.
    package init(host: String, port: Int, services: AdminServices) throws {
        let transport = HTTP2ServerTransport.Posix(
            address: try Self.address(host: host, port: port),
            transportSecurity: .plaintext,
            config: .defaults { $0.rpc.maxRequestPayloadSize = Self.requestBytesMax })
        var router = RPCRouter<HTTP2ServerTransport.Posix>()
        for endpoint in services.endpoints {
            endpoint.register(in: &router, gate: services.gate, random: services.random)
        }
        server = GRPCServer(transport: transport, router: router)
    }

    package func run() async throws {
        try await withGracefulShutdownHandler {
            try await server.serve()
        } onGracefulShutdown: {
            self.server.beginGracefulShutdown()
        }
    }

    /// The port it listens on, once it does. Throws when it couldn't.
    package func boundPort() async throws -> Int {
        let address = try await server.transport.listeningAddress
        guard let port = address.ipv4?.port ?? address.ipv6?.port else {
            throw ServiceError(.internalError, "The gRPC listener has no port.")
        }
        return port
    }

    private static func address(
        host: String, port: Int
    ) throws -> GRPCNIOTransportHTTP2.SocketAddress {
        switch try? NIOCore.SocketAddress.makeAddressResolvingHost(host, port: port) {
        case .v6(let address): .ipv6(host: address.host, port: port)
        case .v4(let address): .ipv4(host: address.host, port: port)
        default: throw ServiceError.invalid("\(host) is no host to listen on; correct admin.host.")
        }
    }
}

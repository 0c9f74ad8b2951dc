import ChromaModel
import GRPCCore
import GRPCNIOTransportHTTP2
import NIOCore
import ServiceLifecycle
import TransportSecurity

/// A gRPC server on one address.
///
/// Run it once, in a `ServiceGroup`. A graceful shutdown stops accepting, finishes what is in
/// flight and returns.
package final class RPCListener: Service {
    /// Where to listen; `hostKey` is the setting that messages name.
    package struct Address: Sendable {
        let host: String
        let port: Int
        let hostKey: String

        /// - Parameters:
        ///   - host: the name or address to listen on.
        ///   - port: 0 takes any free one.
        package init(host: String, port: Int, hostKey: String) {
            self.host = host
            self.port = port
            self.hostKey = hostKey
        }
    }

    private let server: GRPCServer<HTTP2ServerTransport.Posix>

    /// - Parameters:
    ///   - certificate: nil serves in clear text. TLS is 1.2 or 1.3.
    ///   - requestBytesMax: the most bytes that one request message may have.
    ///   - services: the names, fully qualified, of what `register` registers: reflection and
    ///     health checks, which the listener adds, tell of them.
    ///   - readiness: what health checks answer.
    /// - Throws: `invalidArgument` when the host doesn't resolve.
    package convenience init(
        _ address: Address, certificate: ServerCertificate? = nil, requestBytesMax: Int,
        services: [String], readiness: Readiness,
        register: (inout RPCRouter<HTTP2ServerTransport.Posix>) -> Void
    ) throws {
        let own = [
            Grpc_Health_V1_Health.descriptor.fullyQualifiedService,
            Grpc_Reflection_V1_ServerReflection.descriptor.fullyQualifiedService,
        ]
        let reflection = ReflectionService(try DescriptorIndex(services: services + own))
        try self.init(
            address,
            security: try certificate.map { try .tls(certificateReloader: $0.reloader) }
                ?? .plaintext,
            config: .defaults { $0.rpc.maxRequestPayloadSize = requestBytesMax }
        ) { router in
            register(&router)
            HealthService(readiness, services: services + own).register(in: &router)
            reflection.register(in: &router)
            router.registerInterceptors(pipeline: [.apply(ServerTracing(), to: .all)])
        }
    }

    /// A server of what `register` registers, and of nothing else.
    init(
        _ address: Address, security: HTTP2ServerTransport.Posix.TransportSecurity,
        config: HTTP2ServerTransport.Posix.Config,
        register: (inout RPCRouter<HTTP2ServerTransport.Posix>) -> Void
    ) throws {
        let transport = HTTP2ServerTransport.Posix(
            address: try address.resolved(), transportSecurity: security, config: config)
        var router = RPCRouter<HTTP2ServerTransport.Posix>()
        register(&router)
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
}

extension RPCListener.Address {
    fileprivate func resolved() throws -> GRPCNIOTransportHTTP2.SocketAddress {
        switch try? NIOCore.SocketAddress.makeAddressResolvingHost(host, port: port) {
        case .v6(let address): .ipv6(host: address.host, port: port)
        case .v4(let address): .ipv4(host: address.host, port: port)
        default: throw ServiceError.invalid("\(host) is no host to listen on; correct \(hostKey).")
        }
    }
}

import ChromaModel
import GRPCCore
import GRPCNIOTransportHTTP2
import ServiceLifecycle
import TransportSecurity

/// A gRPC server on one address.
///
/// Run it once, in a `ServiceGroup`. A graceful shutdown stops accepting, finishes what is in
/// flight and returns.
package final class RPCListener<Transport: ListeningServerTransport>: Service {
    private let server: GRPCServer<Transport>

    /// A server of what `register` registers, and of nothing else.
    init(_ transport: Transport, register: (inout RPCRouter<Transport>) -> Void) {
        var router = RPCRouter<Transport>()
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

/// A listener that people reach.
package typealias PublicRPCListener = RPCListener<GuardedTransport>

extension RPCListener<GuardedTransport> {
    /// A server of what `register` registers, with reflection and health checks.
    ///
    /// - Parameters:
    ///   - certificate: nil serves in clear text. TLS is as over HTTP.
    ///   - requestBytesMax: the most bytes that one request message may have.
    ///   - services: the names, fully qualified, of what `register` registers: reflection and
    ///     health checks, which the listener adds, tell of them.
    ///   - readiness: what health checks answer.
    /// - Throws: `invalidArgument` when the host doesn't resolve.
    package convenience init(
        _ address: RPCAddress, certificate: ServerCertificate? = nil, requestBytesMax: Int,
        limits: RPCLimits = RPCLimits(), services: [String], readiness: Readiness,
        register: (inout RPCRouter<GuardedTransport>) -> Void
    ) throws {
        let own = [
            Grpc_Health_V1_Health.descriptor.fullyQualifiedService,
            Grpc_Reflection_V1_ServerReflection.descriptor.fullyQualifiedService,
        ]
        let reflection = ReflectionService(try DescriptorIndex(services: services + own))
        let transport = try GuardedTransport(
            address, certificate: certificate, requestBytesMax: requestBytesMax, limits: limits)
        self.init(transport) { router in
            register(&router)
            HealthService(readiness, services: services + own).register(in: &router)
            reflection.register(in: &router)
            router.registerInterceptors(pipeline: [.apply(ServerTracing(), to: .all)])
        }
    }
}

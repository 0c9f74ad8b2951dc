import ChromaModel
import GRPCCore
import GRPCNIOTransportHTTP2
import HTTPServing
import ServiceLifecycle
import TransportSecurity

/// A gRPC server on one address.
///
/// Run it once, in a `ServiceGroup`. A graceful shutdown stops accepting, finishes what is in
/// flight and returns; a cancellation ends what is in flight.
package final class RPCListener<Transport: ListeningServerTransport>: Service {
    private let server: GRPCServer<Transport>
    private let census: ConnectionCensus

    /// A server of what `register` registers, and of nothing else.
    ///
    /// - Parameter census: what watches the transport's connections.
    init(
        _ transport: Transport, census: ConnectionCensus,
        register: (inout RPCRouter<Transport>) -> Void
    ) {
        var router = RPCRouter<Transport>()
        register(&router)
        server = GRPCServer(transport: transport, router: router)
        self.census = census
    }

    package func run() async throws {
        // A task of its own, so that the census is closed before the cancellation reaches it.
        let serving = Task { try await server.serve() }
        try await withGracefulShutdownHandler {
            try await withTaskCancellationHandler {
                try await serving.value
            } onCancel: {
                self.census.close()
                serving.cancel()
            }
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
        self.init(transport, census: limits.census) { router in
            register(&router)
            HealthService(readiness, services: services + own).register(in: &router)
            reflection.register(in: &router)
            router.registerInterceptors(pipeline: [.apply(ServerTracing(), to: .all)])
        }
    }
}

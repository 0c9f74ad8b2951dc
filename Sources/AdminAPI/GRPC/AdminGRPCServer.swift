import Access
import HTTPServing
import ServiceLifecycle
import TesseraRPC
import TransportSecurity

/// The admin API over gRPC.
package final class AdminGRPCServer: Service {
    /// The most bytes one request message may have.
    package static let requestBytesMax = 1 << 20

    private let listener: PublicRPCListener

    /// - Parameters:
    ///   - host: the name or address to listen on.
    ///   - port: 0 takes any free one.
    ///   - certificate: nil serves in clear text.
    ///   - readiness: what health checks answer.
    /// - Throws: `invalidArgument` when the host doesn't resolve.
    package init(
        host: String, port: Int, services: AdminServices, certificate: ServerCertificate? = nil,
        readiness: Readiness
    ) throws {
        listener = try PublicRPCListener(
            RPCAddress(host: host, port: port, hostKey: "admin.host"),
            certificate: certificate, requestBytesMax: Self.requestBytesMax,
            limits: RPCLimits(
                connections: .standard(isProxy: services.gate.proxies.contains)),
            services: Set(services.endpoints.map(\.method.service)).sorted(),
            readiness: readiness
        ) { router in
            for endpoint in services.endpoints {
                endpoint.register(in: &router, gate: services.gate, random: services.random)
            }
        }
    }

    package func run() async throws { try await listener.run() }

    /// The port it listens on, once it does. Throws when it couldn't.
    package func boundPort() async throws -> Int { try await listener.boundPort() }
}

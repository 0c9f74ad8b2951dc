import Access
import ChromaModel
import HTTPServing
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Platform
import ServiceLifecycle
import Telemetry
import TesseraRPC
import TransportSecurity

/// The admin API over HTTP/JSON with health checks and metrics, or those two alone.
package final class AdminHTTPServer: Service {
    /// The most bytes a request body may have.
    package static let bodyBytesMax = 1 << 20
    /// Connections served at once; further ones wait in the listen queue.
    static let connectionsMax = 1024
    /// From one address; further ones are closed.
    static let connectionsMaxPerAddress = 256
    /// How long a kept-alive connection may wait for its next request.
    private static let idleTimeout = TimeAmount.seconds(75)

    private let host: String
    private let port: Int
    private let responder: CallbackResponder<AdminRequestContext>
    private let certificate: ServerCertificate?
    private let proxies: TrustedProxies
    private let logger: Logger
    private let listening = ListeningPort()

    private init(
        host: String, port: Int, certificate: ServerCertificate?, proxies: TrustedProxies,
        logger: Logger,
        _ responder: some HTTPResponder<AdminRequestContext>
    ) {
        self.host = host
        self.port = port
        self.certificate = certificate
        self.proxies = proxies
        self.logger = logger
        self.responder = CallbackResponder { try await responder.respond(to: $0, context: $1) }
    }

    /// - Parameters:
    ///   - host: the name or address to listen on.
    ///   - port: 0 takes any free one.
    ///   - certificate: nil serves in clear text.
    ///   - readiness: what `/readyz` says.
    ///   - metrics: what `/metrics` shows.
    /// - Throws: `internalError` when a proto's HTTP binding is malformed.
    package convenience init(
        host: String, port: Int, services: AdminServices,
        certificate: ServerCertificate? = nil,
        readiness: Readiness, metrics: MetricRegistry = MetricRegistry(), logger: Logger
    ) throws {
        let pages = OperationPages(
            readiness: readiness,
            metrics: MetricsPage(
                registry: metrics, authenticator: services.gate.authenticator))
        self.init(
            host: host, port: port, certificate: certificate, proxies: services.gate.proxies,
            logger: logger,
            try AdminHTTPResponder(
                routes: try AdminRoutes(services.endpoints), gate: services.gate,
                random: services.random, pages: pages))
    }

    /// Of a process without the control plane: no admin API.
    ///
    /// - Parameters:
    ///   - host: the name or address to listen on.
    ///   - port: 0 takes any free one.
    ///   - certificate: nil serves in clear text.
    ///   - readiness: what `/readyz` says.
    ///   - metrics: what `/metrics` shows.
    ///   - authenticator: of operators, who see tenants in metrics; nil where nobody can.
    ///   - proxies: those whose word is taken for where a request comes from.
    package convenience init(
        statusAt host: String, port: Int, certificate: ServerCertificate?, readiness: Readiness,
        metrics: MetricRegistry, authenticator: Authenticator?, proxies: TrustedProxies,
        logger: Logger
    ) {
        let pages = OperationPages(
            readiness: readiness,
            metrics: MetricsPage(registry: metrics, authenticator: authenticator))
        self.init(
            host: host, port: port, certificate: certificate, proxies: proxies, logger: logger,
            StatusHTTPResponder(
                pages: pages, proxies: proxies, random: SystemRandomSource()))
    }

    package func run() async throws {
        let listening = listening
        let application = Application(
            responder: responder,
            server: .guarded(
                idleTimeout: Self.idleTimeout,
                connections: ConnectionCensus.Limits(
                    connectionsMax: 0, connectionsMaxPerAddress: Self.connectionsMaxPerAddress,
                    isProxy: proxies.contains),
                tls: try certificate?.configuration(protocols: ["http/1.1"])),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), serverName: nil,
                availableConnectionsDelegate: .maximum(Self.connectionsMax, logger: logger)),
            onServerRunning: { channel in
                listening.announce(Result { try Self.port(of: channel) })
            },
            logger: logger)
        do {
            try await application.run()
            listening.announce(.failure(CancellationError()))
        } catch {
            listening.announce(.failure(error))
            throw error
        }
    }

    /// The port it listens on, once it does. Throws when it couldn't.
    package func boundPort() async throws -> Int { try await listening.value }

    private static func port(of channel: any Channel) throws -> Int {
        guard let port = channel.localAddress?.port else {
            throw ServiceError(.internalError, "The HTTP listener has no port.")
        }
        return port
    }
}

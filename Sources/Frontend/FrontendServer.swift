import Access
import HTTPServing
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Platform
import ServiceLifecycle
import Telemetry
import TenantEngine
import TransportSecurity
import Usage

/// The data plane's HTTP server: Chroma's API v2 on one port.
///
/// Run it once, in a `ServiceGroup`. A graceful shutdown stops accepting, finishes what is in
/// flight and returns.
package final class FrontendServer: Service {
    /// Connections that may wait to be accepted: a storm of them must not cost an honest client the
    /// second after which it tries again.
    private static let connectionsWaitingMax = 4096

    private let configuration: FrontendConfiguration
    private let logger: Logger
    private let time: any TimeSource
    private let random: any RandomSource
    private let routes: RouteTable
    private let authenticator: Authenticator
    private let authoriser: Authoriser
    private let admission: Admission
    private let metering: Metering
    private let certificate: ServerCertificate?
    private let breaker: CircuitBreaker
    private let metrics: HTTPMetrics
    private let port = ListeningPort()

    /// - Parameters:
    ///   - rates: what holds tenants to their rates; nil holds them to none.
    ///   - usage: counts what requests use; nil counts nothing.
    ///   - breaker: bounds how many requests are worked on at once, with those of other servers.
    ///   - certificate: nil serves in clear text.
    package init(
        configuration: FrontendConfiguration, engines: any EngineClient,
        directory: any TenantDirectory, authenticator: Authenticator, authoriser: Authoriser,
        rates: RateRules? = nil, usage: (any UsageRecorder)? = nil,
        breaker: CircuitBreaker = CircuitBreaker(requestsMax: 0),
        certificate: ServerCertificate? = nil, logger: Logger,
        time: any TimeSource = SystemTimeSource(),
        random: any RandomSource = BatchedRandomSource()
    ) {
        self.configuration = configuration
        self.logger = logger
        self.time = time
        self.random = random
        self.authenticator = authenticator
        self.authoriser = authoriser
        admission = Admission(rules: rates, logger: logger)
        metering = Metering(recorder: usage)
        self.certificate = certificate
        routes = .chroma(
            configuration: configuration, engines: engines, directory: directory,
            authoriser: authoriser, time: time)
        self.breaker = breaker
        metrics = HTTPMetrics(routes.routes)
    }

    /// Has the registry show what the server answers.
    package func register(in registry: MetricRegistry) {
        registry.register { [metrics, breaker] in
            metrics.collect(requestsInFlight: breaker.count)
        }
    }

    /// Listens and serves until a graceful shutdown. Throws when it can't listen.
    package func run() async throws {
        MultiThreadedEventLoopGroup.singleton.servePromptly()
        let cpuPool = CPUPool(threadCount: configuration.cpuThreads)
        do {
            try await server(responder(cpuPool)).run()
            port.announce(.failure(CancellationError()))
        } catch {
            port.announce(.failure(error))
            await cpuPool.shutDown()
            throw error
        }
        await cpuPool.shutDown()
    }

    /// The TCP port, once the server listens. Throws what kept it from listening.
    package func boundPort() async throws -> Int { try await port.value }

    /// The way of a request: accept, the stages, encode.
    ///
    /// The trace comes first, so that every refusal has an id; the route before authentication,
    /// since it says what the caller must be allowed; metering is the last, before the encoding.
    private func responder(_ cpuPool: CPUPool) -> RequestResponder {
        let access: [any Stage] = [
            AuthenticateStage(authenticator: authenticator),
            AuthoriseStage(authoriser: authoriser),
        ]
        let stages: [any Stage] =
            [TraceStage(random: random), RouteStage(table: routes)] + access + [
                AdmitStage(admission: admission),
                ReceiveStage(bodyBytesMax: configuration.bodyBytesMax),
                RecheckStage(access: access, time: time), ValidateStage(cpuPool: cpuPool),
                ExecuteStage(), MeterStage(metering: metering),
            ]
        let pipeline = RequestPipeline(
            stages: stages, breaker: breaker,
            encoder: EncodeStage(cpuPool: cpuPool, date: HTTPDate(time: time)),
            metering: metering,
            log: AccessLog(logger: logger, time: time), metrics: metrics, time: time)
        return RequestResponder(
            pipeline: pipeline, proxies: configuration.trustedProxies, time: time,
            discardBytesMax: 2 * configuration.bodyBytesMax)
    }

    private func server(_ responder: RequestResponder) throws -> any Service {
        let idleTimeout = TimeAmount.seconds(Int64(configuration.idleTimeoutSeconds))
        return try HTTPServerBuilder.guarded(
            idleTimeout: idleTimeout, connections: configuration.connectionsPerAddress,
            tls: certificate?.configuration(protocols: ["http/1.1"])
        ).buildServer(
            configuration: ServerConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                backlog: Self.connectionsWaitingMax,
                availableConnectionsDelegate: .maximum(
                    configuration.connectionsMax, logger: logger)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger,
            responder: { request, writer, channel in
                try await responder.respond(to: request, writer, on: channel)
            },
            onServerRunning: { [port] channel in
                port.announce(.success(channel.localAddress?.port ?? 0))
            })
    }
}

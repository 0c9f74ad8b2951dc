import Access
import ChromaModel
import GRPCCore
import Logging
import Platform
import ServiceLifecycle
import Telemetry
import TenantEngine
import TesseraRPC
import TransportSecurity
import Usage

/// The data plane's gRPC server: `tessera.data.v1.DataService` on one port.
///
/// Run it once, in a `ServiceGroup`. A graceful shutdown finishes what is in flight and returns.
package final class DataGRPCServer: Service {
    /// A message of so many times the limit isn't refused but broken off, as over HTTP.
    private static let brokenOffFactor = 2

    private let listener: PublicRPCListener
    private let cpuPool: CPUPool
    private let metrics: RPCMetrics

    /// - Parameters:
    ///   - configuration: `bodyBytesMax` bounds a request message, `indexFlavour` shapes
    ///     collections; where to listen is `host` and `port`.
    ///   - port: 0 takes any free one.
    ///   - rates: what holds tenants to their rates; nil holds them to none.
    ///   - usage: counts what requests use; nil counts nothing.
    ///   - breaker: bounds how many calls are worked on at once, with those of other servers.
    ///   - certificate: nil serves in clear text.
    ///   - readiness: what health checks answer.
    /// - Throws: `invalidArgument` when the host doesn't resolve.
    package init(
        host: String, port: Int, configuration: FrontendConfiguration,
        engines: any EngineClient, authenticator: Authenticator, authoriser: Authoriser,
        rates: RateRules? = nil, usage: (any UsageRecorder)? = nil,
        breaker: CircuitBreaker = CircuitBreaker(requestsMax: 0),
        certificate: ServerCertificate? = nil, readiness: Readiness = .always, logger: Logger,
        random: any RandomSource = SystemRandomSource(),
        time: any TimeSource = SystemTimeSource()
    ) throws {
        cpuPool = CPUPool(threadCount: configuration.cpuThreads)
        let endpoints =
            CollectionMethods(engines: engines, flavour: configuration.indexFlavour).endpoints
            + RecordMethods(engines: engines, cpuPool: cpuPool).endpoints
        metrics = RPCMetrics(endpoints.map(\.descriptor))
        let gate = DataGate(
            authenticator: authenticator, authoriser: authoriser,
            admission: Admission(rules: rates, logger: logger),
            metering: Metering(recorder: usage), cpuPool: cpuPool,
            proxies: configuration.trustedProxies, breaker: breaker,
            requestBytesMax: configuration.bodyBytesMax, random: random, time: time,
            logger: logger, metrics: metrics)
        listener = try PublicRPCListener(
            RPCAddress(host: host, port: port, hostKey: "grpc.host"),
            certificate: certificate,
            requestBytesMax: Self.brokenOffFactor * configuration.bodyBytesMax,
            limits: configuration.rpcLimits,
            services: [DataDataService.descriptor.fullyQualifiedService],
            readiness: readiness
        ) { router in
            for endpoint in endpoints { endpoint.register(in: &router, gate: gate) }
        }
    }

    /// Has the registry show what the server answers.
    package func register(in registry: MetricRegistry) {
        registry.register { [metrics] in metrics.collect() }
    }

    /// Serves until a graceful shutdown. Throws when it can't listen.
    package func run() async throws {
        do {
            try await listener.run()
        } catch {
            await cpuPool.shutDown()
            throw error
        }
        await cpuPool.shutDown()
    }

    /// The TCP port, once it listens. Throws what kept it from listening.
    package func boundPort() async throws -> Int { try await listener.boundPort() }
}

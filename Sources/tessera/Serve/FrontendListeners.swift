import Access
import ChromaModel
import Frontend
import HTTPServing
import Logging
import Platform
import RateLimits
import ServerConfiguration
import Telemetry
import TenantEngine
import TesseraRPC
import TransportSecurity
import Usage

/// The data plane's listeners: Chroma's API and the gRPC data service.
struct FrontendListeners: Sendable {
    let http: Listener
    let grpc: Listener

    init(
        _ configuration: ServerConfiguration, engines: any EngineClient,
        directory: DirectoryRole, authenticator: Authenticator, authoriser: Authoriser,
        usage: any UsageRecorder, certificate: ServerCertificate?, metrics: MetricRegistry,
        logger: Logger
    ) throws {
        let settings = try FrontendConfiguration(configuration)
        let rates = RateRules(
            configuration.rateLimits, keeper: directory.keeper,
            frontendCount: directory.frontendCount, logger: logger)
        rates?.register(in: metrics)
        let breaker = CircuitBreaker(requestsMax: configuration.http.requestsMax)
        let server = FrontendServer(
            configuration: settings, engines: engines, directory: directory.directory,
            authenticator: authenticator, authoriser: authoriser, rates: rates,
            usage: usage, breaker: breaker, certificate: certificate, logger: logger)
        server.register(in: metrics)
        http = Listener(
            server: server, host: configuration.http.host, port: configuration.http.port,
            keys: "http.host, http.port")
        let data = try DataGRPCServer(
            host: configuration.grpc.host, port: configuration.grpc.port,
            configuration: settings, engines: engines, authenticator: authenticator,
            authoriser: authoriser, rates: rates, usage: usage, breaker: breaker,
            certificate: certificate, readiness: Readiness(directory.probes), logger: logger)
        data.register(in: metrics)
        grpc = Listener(
            server: data, host: configuration.grpc.host, port: configuration.grpc.port,
            keys: "grpc.host, grpc.port")
    }
}

extension FrontendConfiguration {
    fileprivate init(_ configuration: ServerConfiguration) throws {
        let proxies = try TrustedProxies(configuration)
        self.init(
            host: configuration.http.host, port: configuration.http.port,
            bodyBytesMax: configuration.http.bodyBytesMax, allowReset: configuration.allowReset,
            idleTimeoutSeconds: configuration.http.idleTimeoutSeconds,
            connectionsMax: configuration.http.connectionsMax,
            connectionsMaxPerAddress: configuration.http.connectionsMaxPerAddress,
            rpcLimits: RPCLimits(configuration.grpc, behind: proxies),
            trustedProxies: proxies, cpuThreads: Cores.bodyThreadCount,
            indexFlavour: configuration.defaultKNNIndex == .spann ? .spann : .hnsw)
    }
}

extension RPCLimits {
    fileprivate init(_ settings: ServerConfiguration.GRPC, behind proxies: TrustedProxies) {
        self.init(
            connections: ConnectionCensus.Limits(
                connectionsMax: settings.connectionsMax,
                connectionsMaxPerAddress: settings.connectionsMaxPerAddress,
                isProxy: proxies.contains),
            streamsMaxPerConnection: settings.streamsMaxPerConnection)
    }
}

extension RateRules {
    /// nil when rates are off.
    fileprivate init?(
        _ mode: ServerConfiguration.RateLimitMode, keeper: any LeaseKeeper<RateKey>,
        frontendCount: @escaping @Sendable () -> Int, logger: Logger
    ) {
        let policyMode: RatePolicy.Mode
        switch mode {
        case .off: return nil
        case .shadow: policyMode = .shadow
        case .enforce: policyMode = .enforce
        }
        self.init(
            limiter: RateLimiter(
                keeper: keeper, time: SystemTimeSource(), frontendCount: frontendCount
            ) { error in
                logger.warning(
                    "the buckets of rate limits are out of reach; each process limits by itself",
                    metadata: ["error": "\(error)"])
            }, mode: policyMode)
    }
}

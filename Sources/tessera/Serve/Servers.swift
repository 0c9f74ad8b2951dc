import Access
import AdminAPI
import ChromaModel
import ControlPlane
import Frontend
import Logging
import Platform
import ServerConfiguration
import ServiceLifecycle
import RateLimits
import Telemetry
import TenantEngine
import TenantTools
import TesseraRPC
import TransportSecurity

/// The listeners.
struct Servers: Sendable {
    let http: Listener
    let grpc: Listener
    let adminHTTP: Listener
    let adminGRPC: Listener

    struct Ports: Sendable {
        let http: Int
        let grpc: Int
        let adminHTTP: Int
        let adminGRPC: Int
    }

    init(
        _ configuration: ServerConfiguration, engines: any EngineClient, backups: any BackupClient,
        controlPlane: ControlPlane, authenticator: Authenticator, certificate: ServerCertificate?,
        metrics: MetricRegistry, logger: Logger
    ) throws {
        let authoriser = Authoriser(
            directory: controlPlane, conformanceMode: configuration.allowReset)
        let rates = RateRules(configuration.rateLimits, keeper: controlPlane, logger: logger)
        rates?.register(in: metrics)
        let frontend = FrontendServer(
            configuration: FrontendConfiguration(configuration), engines: engines,
            directory: controlPlane, authenticator: authenticator, authoriser: authoriser,
            rates: rates, certificate: certificate, logger: logger)
        frontend.register(in: metrics)
        http = Listener(
            server: frontend,
            host: configuration.http.host, port: configuration.http.port,
            keys: "http.host, http.port")
        let data = try DataGRPCServer(
            host: configuration.grpc.host, port: configuration.grpc.port,
            configuration: FrontendConfiguration(configuration), engines: engines,
            authenticator: authenticator, authoriser: authoriser, rates: rates,
            certificate: certificate, logger: logger)
        data.register(in: metrics)
        grpc = Listener(
            server: data,
            host: configuration.grpc.host, port: configuration.grpc.port,
            keys: "grpc.host, grpc.port")

        let admin = configuration.admin
        let services = AdminServices(
            controlPlane: controlPlane, authenticator: authenticator, authoriser: authoriser,
            backups: backups, random: SystemRandomSource(), logger: logger)
        adminHTTP = Listener(
            server: try AdminHTTPServer(
                host: admin.host, port: admin.port, services: services,
                certificate: certificate,
                readiness: ReadinessChecks([
                    ReadinessChecks.Check("control") { try await controlPlane.checkReady() }
                ]), metrics: metrics, logger: logger),
            host: admin.host, port: admin.port, keys: "admin.host, admin.port")
        adminGRPC = Listener(
            server: try AdminGRPCServer(
                host: admin.host, port: admin.grpcPort, services: services,
                certificate: certificate,
                readiness: Readiness { try await controlPlane.checkReady() }),
            host: admin.host, port: admin.grpcPort, keys: "admin.host, admin.grpc_port")
    }

    /// To be run.
    var services: [any Service] { [http, grpc, adminHTTP, adminGRPC] }

    /// Returns when all listen; throws what kept one from it.
    func boundPorts() async throws -> Ports {
        Ports(
            http: try await http.boundPort(), grpc: try await grpc.boundPort(),
            adminHTTP: try await adminHTTP.boundPort(),
            adminGRPC: try await adminGRPC.boundPort())
    }
}

extension FrontendConfiguration {
    init(_ configuration: ServerConfiguration) {
        self.init(
            host: configuration.http.host, port: configuration.http.port,
            bodyBytesMax: configuration.http.bodyBytesMax, allowReset: configuration.allowReset,
            idleTimeoutSeconds: configuration.http.idleTimeoutSeconds,
            connectionsMax: configuration.http.connectionsMax,
            requestsMax: configuration.http.requestsMax,
            indexFlavour: configuration.defaultKNNIndex == .spann ? .spann : .hnsw)
    }
}

extension RateRules {
    /// nil when rates are off.
    fileprivate init?(
        _ mode: ServerConfiguration.RateLimitMode, keeper: any LeaseKeeper<RateKey>, logger: Logger
    ) {
        let policyMode: RatePolicy.Mode
        switch mode {
        case .off: return nil
        case .shadow: policyMode = .shadow
        case .enforce: policyMode = .enforce
        }
        self.init(
            limiter: RateLimiter(keeper: keeper, time: SystemTimeSource()) { error in
                logger.warning(
                    "the buckets of rate limits are out of reach; each process limits by itself",
                    metadata: ["error": "\(error)"])
            }, mode: policyMode)
    }
}

import Access
import AdminAPI
import ControlPlane
import Frontend
import Logging
import Platform
import ServerConfiguration
import ServiceLifecycle
import TenantEngine

/// The three listeners.
struct Servers: Sendable {
    let frontend: FrontendServer
    let adminHTTP: AdminHTTPServer
    let adminGRPC: AdminGRPCServer

    struct Ports: Sendable {
        let http: Int
        let adminHTTP: Int
        let adminGRPC: Int
    }

    init(
        _ configuration: ServerConfiguration, engines: any EngineClient,
        controlPlane: ControlPlane, peppers: Peppers, logger: Logger
    ) throws {
        let authenticator = Authenticator(
            directory: controlPlane, peppers: peppers, time: SystemTimeSource())
        let authoriser = Authoriser(
            directory: controlPlane, conformanceMode: configuration.allowReset)
        frontend = FrontendServer(
            configuration: FrontendConfiguration(configuration), engines: engines,
            directory: controlPlane, authenticator: authenticator, authoriser: authoriser,
            logger: logger)
        let services = AdminServices(
            controlPlane: controlPlane, authenticator: authenticator, authoriser: authoriser,
            random: SystemRandomSource(), logger: logger)
        adminHTTP = try AdminHTTPServer(
            host: configuration.admin.host, port: configuration.admin.port, services: services,
            readiness: { try await controlPlane.checkReady() }, logger: logger)
        adminGRPC = try AdminGRPCServer(
            host: configuration.admin.host, port: configuration.admin.grpcPort,
            services: services)
    }

    var services: [any Service] { [frontend, adminHTTP, adminGRPC] }

    /// Returns when all three listen; throws what kept one from it.
    func boundPorts() async throws -> Ports {
        Ports(
            http: try await frontend.boundPort(), adminHTTP: try await adminHTTP.boundPort(),
            adminGRPC: try await adminGRPC.boundPort())
    }
}

extension FrontendConfiguration {
    init(_ configuration: ServerConfiguration) {
        self.init(
            host: configuration.http.host, port: configuration.http.port,
            bodyBytesMax: configuration.http.bodyBytesMax, allowReset: configuration.allowReset,
            idleTimeoutSeconds: configuration.http.idleTimeoutSeconds,
            connectionsMax: configuration.http.connectionsMax)
    }
}

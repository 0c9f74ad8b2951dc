import Access
import AdminAPI
import ChromaModel
import ControlPlane
import Logging
import Platform
import ServerConfiguration
import Telemetry
import TenantEngine
import TenantTools
import TesseraRPC
import TransportSecurity

/// The admin API's listeners, beside the control plane.
struct AdminListeners: Sendable {
    let http: Listener
    let grpc: Listener

    init(
        _ configuration: ServerConfiguration, control: ControlRole, backups: any BackupClient,
        loads: any LoadMeter, authenticator: Authenticator, authoriser: Authoriser,
        certificate: ServerCertificate?, readiness: Readiness, metrics: MetricRegistry,
        logger: Logger
    ) throws {
        let admin = configuration.admin
        let services = AdminServices(
            controlPlane: control.controlPlane, authenticator: authenticator,
            authoriser: authoriser, backups: backups, loads: loads,
            billing: control.billing.admin,
            proxies: try TrustedProxies(configuration), random: SystemRandomSource(),
            logger: logger)
        http = Listener(
            server: try AdminHTTPServer(
                host: admin.host, port: admin.port, services: services,
                certificate: certificate, readiness: readiness, metrics: metrics,
                logger: logger),
            host: admin.host, port: admin.port, keys: "admin.host, admin.port")
        grpc = Listener(
            server: try AdminGRPCServer(
                host: admin.host, port: admin.grpcPort, services: services,
                certificate: certificate, readiness: readiness),
            host: admin.host, port: admin.grpcPort, keys: "admin.host, admin.grpc_port")
    }
}

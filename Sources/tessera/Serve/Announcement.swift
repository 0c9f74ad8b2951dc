import AdminAPI
import ChromaModel
import ControlPlane
import Frontend
import Glibc
import Logging
import Platform
import ServerConfiguration
import ServiceLifecycle

/// Says where the server listens, once every listener does, and takes it back when it stops.
struct Announcement: Service, CustomStringConvertible {
    /// What the lifecycle's log calls it: never the settings, which hold passwords.
    var description: String { "Announcement" }

    let configuration: ServerConfiguration
    let directory: DataDirectory
    let fileSystem: any FileSystem
    let servers: Servers
    /// Returns when requests can be answered; nil: as soon as it listens.
    let isReady: (@Sendable () async throws -> Void)?
    /// Set on the first start.
    let credentials: BootstrapCredentials?
    let logger: Logger

    func run() async throws {
        let ports = try await servers.boundPorts()
        try await isReady?()
        let endpoints = endpoints(ports)
        try endpoints.write(to: directory.endpointsFile, fileSystem)
        defer { try? fileSystem.removeFile(directory.endpointsFile) }
        say(endpoints, httpPort: ports.http)
        try await gracefulShutdown()
    }

    private func endpoints(_ ports: Servers.Ports) -> Endpoints {
        let admin = configuration.admin.host
        let secure = configuration.tls != nil
        func url(_ host: String, _ port: Int?, _ secure: Bool) -> String? {
            port.map { Endpoints.url(host: host, port: $0, secure: secure) }
        }
        return Endpoints(
            pid: getpid(), http: url(configuration.http.host, ports.http, secure),
            grpc: url(configuration.grpc.host, ports.grpc, secure),
            adminHTTP: url(admin, ports.adminHTTP, secure),
            adminGRPC: url(admin, ports.adminGRPC, secure),
            statusHTTP: url(admin, ports.status, secure),
            edge: url(configuration.edge.host, ports.edge, true))
    }

    private func say(_ endpoints: Endpoints, httpPort: Int?) {
        let named = [
            "http": endpoints.http, "grpc": endpoints.grpc, "admin_http": endpoints.adminHTTP,
            "admin_grpc": endpoints.adminGRPC, "status_http": endpoints.statusHTTP,
            "edge": endpoints.edge,
        ].compactMapValues { $0 }
        logger.notice("ready", metadata: named.mapValues { "\($0)" })
        let place = endpoints.http ?? endpoints.adminHTTP ?? endpoints.edge ?? "no port"
        StandardOutput.print("tessera is ready: \(place)")
        guard let credentials, let httpPort else { return }
        let host = Endpoints.reachable(configuration.http.host)
        StandardOutput.print(
            ClientSnippet(
                host: host, port: httpPort, secure: configuration.tls != nil,
                credentials: credentials
            ).description)
    }
}

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
struct Announcement: Service {
    let configuration: ServerConfiguration
    let directory: DataDirectory
    let fileSystem: any FileSystem
    let servers: Servers
    /// Set on the first start.
    let credentials: BootstrapCredentials?
    let logger: Logger

    func run() async throws {
        let ports = try await servers.boundPorts()
        let endpoints = endpoints(ports)
        try endpoints.write(to: directory.endpointsFile, fileSystem)
        defer { try? fileSystem.removeFile(directory.endpointsFile) }
        say(endpoints, httpPort: ports.http)
        try await gracefulShutdown()
    }

    private func endpoints(_ ports: Servers.Ports) -> Endpoints {
        let admin = configuration.admin.host
        return Endpoints(
            pid: getpid(), http: url(configuration.http.host, ports.http),
            grpc: url(configuration.grpc.host, ports.grpc),
            adminHTTP: url(admin, ports.adminHTTP), adminGRPC: url(admin, ports.adminGRPC))
    }

    private func url(_ host: String, _ port: Int) -> String {
        Endpoints.url(host: host, port: port, secure: configuration.tls != nil)
    }

    private func say(_ endpoints: Endpoints, httpPort: Int) {
        logger.notice(
            "ready",
            metadata: [
                "http": "\(endpoints.http)", "grpc": "\(endpoints.grpc)",
                "admin_http": "\(endpoints.adminHTTP)", "admin_grpc": "\(endpoints.adminGRPC)",
            ])
        StandardOutput.print("tessera is ready: \(endpoints.http)")
        guard let credentials else { return }
        let host = Endpoints.reachable(configuration.http.host)
        StandardOutput.print(
            ClientSnippet(
                host: host, port: httpPort, secure: configuration.tls != nil,
                credentials: credentials
            ).description)
    }
}

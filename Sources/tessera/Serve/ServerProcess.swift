import Access
import AdminAPI
import ChromaModel
import ControlPlane
import Directory
import Logging
import Platform
import Postgres
import ServerConfiguration
import ServiceLifecycle
import Telemetry
import TenantEngine
import TesseraRPC
import TransportSecurity

/// A process of some roles or all: starts from the bottom up, serves, and stops from the top down.
///
/// Each role is a file: `ControlRole`, `EngineRole`, `DirectoryRole` with `FrontendListeners`. What
/// another process does is reached through the same protocols as what this one does.
struct ServerProcess: Service, CustomStringConvertible {
    /// What the lifecycle's log calls it: never the settings, which hold passwords.
    var description: String { "ServerProcess" }

    /// How long after the first signal the process ends at the latest: longer than the drain,
    /// and shorter than the 30 s after which Kubernetes kills.
    private static let endSeconds = 28

    let configuration: ServerConfiguration
    let directory: DataDirectory
    let metrics: MetricRegistry
    let logger: Logger
    private let fileSystem = PosixFileSystem()

    init(
        configuration: ServerConfiguration, directory: DataDirectory, metrics: MetricRegistry,
        logger: Logger
    ) {
        self.configuration = configuration
        self.directory = directory
        self.metrics = metrics
        self.logger = logger
    }

    func run() async throws {
        let database = try await startDatabase()
        do {
            try await database?.prepare(configuration.database, logger: logger)
            try await withGracefulShutdownHandler {
                try await serve(from: database)
            } onGracefulShutdown: {
                DrainDeadline(seconds: Self.endSeconds, database: database, logger: logger)
                    .begin()
            }
        } catch {
            await database?.stop()
            throw error
        }
        await database?.stop()
    }

    /// Only the control plane talks to PostgreSQL.
    private func startDatabase() async throws -> ControlDatabase? {
        guard configuration.roles.contains(.control) else { return nil }
        return try await ControlDatabase.start(
            configuration.database, in: directory, logger: logger)
    }

    private func serve(from database: ControlDatabase?) async throws {
        let certificate = try nodeCertificate()
        let engine = try EngineRole(configuration, directory, certificate, fileSystem, logger)
        do {
            try await serve(from: database, engine, certificate)
        } catch {
            await engine.close()
            throw error
        }
        await engine.close()
    }

    private func serve(
        from database: ControlDatabase?, _ engine: EngineRole, _ certificate: NodeCertificate?
    ) async throws {
        var control: ControlRole?
        if let database {
            control = try await ControlRole.start(
                configuration, directory, database, engine, fileSystem, logger)
        }
        let access = try directoryRole(control, certificate)
        let publicCertificate = try listenersCertificate()
        engine.host?.register(in: metrics)
        database?.pool.register(in: metrics)
        let usage = try UsageRole(
            configuration, directory, control, engine, certificate, fileSystem, logger)
        let servers = try servers(
            control, access, engine, usage, certificate, publicCertificate)
        let announcement = Announcement(
            configuration: configuration, directory: directory, fileSystem: fileSystem,
            servers: servers, isReady: access?.isReady, credentials: control?.credentials,
            logger: logger)
        var services = database?.services ?? []
        if let certificate { services.append(certificate) }
        if let publicCertificate { services.append(publicCertificate) }
        services += engine.services
        if let control {
            services.append(control.controlPlane)
            services += control.billing.services
            services.append(
                UnfinishedRestores(
                    backups: engine.backups, controlPlane: control.controlPlane, logger: logger))
        }
        services += access?.services ?? []
        services += usage.services
        services += servers.services
        services.append(announcement)
        try await ServiceGroup(services: services, logger: logger).run()
    }
}

extension ServerProcess {
    /// What is asked of the directory here; nil for an engine alone, which asks nothing.
    private func directoryRole(_ control: ControlRole?, _ certificate: NodeCertificate?) throws
        -> DirectoryRole?
    {
        if let control { return DirectoryRole(of: control) }
        guard configuration.roles.contains(.frontend) else { return nil }
        let node = try NodeIdentityFile.load(
            configuration, directory, fileSystem, SystemRandomSource())
        return try DirectoryRole(configuration, as: node, certificate.required(), logger)
    }

    private func servers(
        _ control: ControlRole?, _ access: DirectoryRole?, _ engine: EngineRole,
        _ usage: UsageRole, _ certificate: NodeCertificate?,
        _ publicCertificate: ServerCertificate?
    ) throws -> Servers {
        let edge = try edgeListener(control, engine, certificate)
        let readiness = Readiness(
            (control?.probes ?? []) + (access?.probes ?? []) + engine.probes)
        guard let access else {
            let status = try statusListener(readiness, nil, publicCertificate)
            return Servers(frontend: nil, admin: nil, status: status, edge: edge)
        }
        let authenticator = access.authenticator(configuration, directory, fileSystem, logger)
        let authoriser = Authoriser(
            directory: access.directory, conformanceMode: configuration.allowReset)
        var frontend: FrontendListeners?
        if configuration.roles.contains(.frontend) {
            frontend = try FrontendListeners(
                configuration, engines: engine.client, directory: access,
                authenticator: authenticator, authoriser: authoriser, usage: usage.recorder,
                certificate: publicCertificate, metrics: metrics, logger: logger)
        }
        let admin = try control.map {
            try AdminListeners(
                configuration, control: $0, backups: engine.backups, loads: engine.loads,
                authenticator: authenticator, authoriser: authoriser,
                certificate: publicCertificate, readiness: readiness, metrics: metrics,
                logger: logger)
        }
        let status =
            admin == nil ? try statusListener(readiness, authenticator, publicCertificate) : nil
        return Servers(frontend: frontend, admin: admin, status: status, edge: edge)
    }

    private func statusListener(
        _ readiness: Readiness, _ authenticator: Authenticator?, _ certificate: ServerCertificate?
    ) throws -> Listener {
        let admin = configuration.admin
        return Listener(
            server: AdminHTTPServer(
                statusAt: admin.host, port: admin.port, certificate: certificate,
                readiness: readiness, metrics: metrics, authenticator: authenticator,
                proxies: try TrustedProxies(configuration), logger: logger),
            host: admin.host, port: admin.port, keys: "admin.host, admin.port")
    }

    /// nil when no other process may come, or this one has nothing to offer.
    private func edgeListener(
        _ control: ControlRole?, _ engine: EngineRole, _ certificate: NodeCertificate?
    ) throws -> Listener? {
        let ownFrontends = configuration.roles.contains(.frontend) ? 1 : 0
        let offered =
            engine.offered
            + (control?.offered(
                ownFrontends: ownFrontends, allowsReset: configuration.allowReset, logger) ?? [])
        guard let certificate, !offered.isEmpty else { return nil }
        return Listener(
            server: try EdgeListener(
                configuration, certificate: certificate, services: offered,
                nodes: control?.controlPlane.nodes),
            host: configuration.edge.host, port: configuration.edge.port,
            keys: "edge.host, edge.port")
    }

    private func nodeCertificate() throws -> NodeCertificate? {
        try configuration.edge.certificate.map {
            try NodeCertificate(
                certificateFile: $0.certificateFile, privateKeyFile: $0.privateKeyFile,
                issuersFile: $0.issuersFile, logger: logger)
        }
    }

    private func listenersCertificate() throws -> ServerCertificate? {
        try configuration.tls.map {
            try ServerCertificate(
                certificateFile: $0.certificateFile, privateKeyFile: $0.privateKeyFile,
                logger: logger)
        }
    }
}

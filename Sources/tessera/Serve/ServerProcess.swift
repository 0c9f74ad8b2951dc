import Access
import ChromaModel
import ControlPlane
import Logging
import Platform
import Postgres
import ServerConfiguration
import ServiceLifecycle
import Telemetry
import TenantEngine
import TenantTools
import TransportSecurity

/// A whole server: starts from the bottom up, serves, and stops from the top down.
struct ServerProcess: Service {
    /// How long after the first signal the process ends at the latest: longer than the drain,
    /// and shorter than the 30 s after which Kubernetes kills.
    private static let endSeconds = 28

    let configuration: ServerConfiguration
    let directory: DataDirectory
    let logger: Logger
    private let fileSystem = PosixFileSystem()

    init(configuration: ServerConfiguration, directory: DataDirectory, logger: Logger) {
        self.configuration = configuration
        self.directory = directory
        self.logger = logger
    }

    func run() async throws {
        guard !configuration.isSplit else {
            throw ServiceError(.unimplemented, "Split roles are not served by this build.")
        }
        let database = try await ControlDatabase.start(
            configuration.database, in: directory, logger: logger)
        do {
            try await database.migrations(configuration.database, logger: logger).up()
            try await withGracefulShutdownHandler {
                try await serve(from: database)
            } onGracefulShutdown: {
                DrainDeadline(seconds: Self.endSeconds, database: database, logger: logger)
                    .begin()
            }
        } catch {
            await database.stop()
            throw error
        }
        await database.stop()
    }

    private func serve(from database: ControlDatabase) async throws {
        let engines = TenantEngineHost(
            configuration: EngineConfiguration(configuration, directory), fileSystem: fileSystem,
            random: SystemRandomSource(), logger: logger)
        do {
            try await serve(from: database, engines)
        } catch {
            await engines.close()
            throw error
        }
        await engines.close()
    }

    private func serve(from database: ControlDatabase, _ engines: TenantEngineHost) async throws {
        let peppers = try PepperFile(path: directory.pepperFile, fileSystem: fileSystem)
            .loadOrCreate(random: SystemRandomSource())
        let controlPlane = ControlPlane(
            pool: database.pool, engines: engines, peppers: peppers, time: SystemTimeSource(),
            random: SystemRandomSource(), logger: logger,
            allowsInsecureIssuers: configuration.issuers.allowsInsecureURLs,
            defaultPlan: configuration.defaultPlan,
            undeleteDays: configuration.tenants.undeleteDays)
        let credentials = try await controlPlane.bootstrap(
            file: directory.bootstrapFile, fileSystem: fileSystem)
        let certificate = try configuration.tls.map {
            try ServerCertificate(
                certificateFile: $0.certificateFile, privateKeyFile: $0.privateKeyFile,
                logger: logger)
        }
        let backups = TenantBackups(
            source: engines, engines: engines, dataDirectory: directory.path,
            tenantsDirectory: directory.tenants, fileSystem: fileSystem,
            time: SystemTimeSource())
        await removeUnfinishedRestores(backups, controlPlane)
        let metrics = MetricRegistry()
        metrics.register(ProcessMetrics(version: BuildInfo.version).collect)
        engines.register(in: metrics)
        database.pool.register(in: metrics)
        let servers = try Servers(
            configuration, engines: engines, backups: backups, controlPlane: controlPlane,
            authenticator: authenticator(controlPlane, peppers), certificate: certificate,
            metrics: metrics, logger: logger)
        let announcement = Announcement(
            configuration: configuration, directory: directory, fileSystem: fileSystem,
            servers: servers, credentials: credentials, logger: logger)
        try await ServiceGroup(
            services: database.services + [controlPlane] + (certificate.map { [$0] } ?? [])
                + servers.services + [announcement],
            logger: logger
        ).run()
    }
}

extension ServerProcess {
    /// What they have left is in nobody's way: that it can't be removed is no reason not to serve.
    private func removeUnfinishedRestores(
        _ backups: TenantBackups, _ controlPlane: ControlPlane
    ) async {
        do {
            try await backups.removeUnfinished { try await controlPlane.hasEverHadTenant($0) }
        } catch {
            logger.warning(
                "what an unfinished restore left stays until the next start",
                metadata: ["error": "\(error)"])
        }
    }
}

extension ServerProcess {
    /// Takes our own tokens and those of the issuers that the control plane knows.
    private func authenticator(_ controlPlane: ControlPlane, _ peppers: Peppers) -> Authenticator {
        if configuration.issuers.allowsInsecureURLs {
            logger.warning("issuers' keys are read over plain HTTP: for development only")
        }
        let documents = KeyDocumentLoader(
            directory: configuration.issuers.keysDirectory ?? directory.issuerKeys,
            fileSystem: fileSystem,
            allowsInsecureURLs: configuration.issuers.allowsInsecureURLs)
        return Authenticator(
            directory: controlPlane, peppers: peppers, time: SystemTimeSource(),
            webTokens: JWTVerifier(
                directory: controlPlane, documents: documents, time: SystemTimeSource(),
                logger: logger),
            uses: controlPlane.uses)
    }
}

extension EngineConfiguration {
    init(_ configuration: ServerConfiguration, _ directory: DataDirectory) {
        self.init(
            directory: directory.tenants,
            logFileBytesMax: UInt64(configuration.engine.logFileBytesMax),
            searchThreads: configuration.engine.searchThreads ?? 0)
        indexes.threads = configuration.engine.indexThreads
        writeLimits = WriteLimits(configuration.engine)
        share(configuration.engine.fileDescriptorsMax ?? DescriptorLimit.raise() / 2)
        tenantsOpenMax = min(tenantsOpenMax, configuration.engine.tenantsOpenMax)
        tenantIdleNanoseconds = UInt64(configuration.engine.tenantIdleSeconds) * 1_000_000_000
        mappedBytesMax = configuration.engine.mappedBytesMax
    }

    /// One half of the descriptors for open tenants, the other for the segments they map.
    private mutating func share(_ descriptors: Int) {
        tenantsOpenMax = max(descriptors / 2 / Self.descriptorsPerTenant, 1)
        mappedFilesMax = max(descriptors / 2, 1)
    }
}

extension WriteLimits {
    fileprivate init(_ engine: ServerConfiguration.Engine) {
        self.init(
            tailBytesMaxPerTenant: engine.tailBytesMaxPerTenant,
            tailBytesMax: engine.tailBytesMax,
            pendingBytesMaxPerTenant: engine.pendingBytesMaxPerTenant,
            pendingBytesMax: engine.pendingBytesMax,
            waitNanoseconds: UInt64(engine.writeWaitSeconds) * 1_000_000_000)
    }
}

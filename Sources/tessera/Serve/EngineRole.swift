import ChromaModel
import EngineService
import Logging
import Platform
import ServerConfiguration
import ServiceLifecycle
import TenantEngine
import TenantTools
import TesseraRPC
import TransportSecurity

/// The engine as this process reaches it: its own, or another process's.
struct EngineRole: Sendable {
    /// Through which all calls go.
    let client: any EngineClient
    /// nil when another process has it.
    let host: TenantEngineHost?
    /// What reaches the other process; to be run below whoever calls.
    let services: [any Service]
    /// Backups are made where the files are.
    let backups: any BackupClient
    /// Who has the engine do most.
    let loads: any LoadMeter
    /// For the other processes; empty without an engine of its own.
    let offered: [NodeService]
    /// Whether it can write; none without an engine of its own.
    let probes: [ReadinessProbe]

    init(
        _ configuration: ServerConfiguration, _ directory: DataDirectory,
        _ certificate: NodeCertificate?, _ fileSystem: any FileSystem, _ logger: Logger
    ) throws {
        if configuration.roles.contains(.engine) {
            try fileSystem.createDurableDirectory(directory.unreported)
            let host = TenantEngineHost(
                configuration: EngineConfiguration(configuration, directory),
                fileSystem: fileSystem, random: SystemRandomSource(), logger: logger)
            self.host = host
            client = host
            loads = host
            services = []
            let backups = TenantBackups(
                source: host, engines: host, dataDirectory: directory.path,
                tenantsDirectory: directory.tenants, fileSystem: fileSystem,
                time: SystemTimeSource())
            self.backups = backups
            offered = [
                EngineServer(
                    engines: host, allowsRemovingEverything: configuration.allowReset,
                    logger: logger
                ).service,
                BackupServer(backups: backups, logger: logger).service,
                LoadServer(meter: host).service,
            ]
            let disk = DiskReadiness(data: directory)
            probes = [ReadinessProbe(NodeRole.engine.rawValue) { try await disk.check() }]
            return
        }
        let remote = try RemoteEngine(
            at: try NodeAddress(url: configuration.edge.engineURL ?? "", key: "edge.engine_url"),
            certificate: try certificate.required())
        client = remote
        loads = remote
        host = nil
        services = [remote]
        backups = remote.backups
        offered = []
        probes = []
    }

    func close() async { await host?.close() }
}

extension NodeCertificate? {
    /// Throws `invalidArgument` without one; the settings were checked, so this is for their test.
    func required() throws(ServiceError) -> NodeCertificate {
        guard let self else {
            throw .invalid("Processes of split roles need edge.certificate_file and its key.")
        }
        return self
    }
}

extension EngineConfiguration {
    init(_ configuration: ServerConfiguration, _ directory: DataDirectory) {
        self.init(
            directory: directory.tenants,
            logFileBytesMax: UInt64(configuration.engine.logFileBytesMax),
            searchThreads: configuration.engine.searchThreads ?? Cores.count)
        unreportedDirectory = directory.unreported
        indexes.threads = configuration.engine.indexThreads
        indexes.threadsPerBuild = configuration.engine.indexBuildThreads ?? Cores.count
        indexes.memoryBytesMax = configuration.engine.indexMemoryBytesMax
        writeLimits = WriteLimits(configuration.engine)
        share(configuration.engine.fileDescriptorsMax ?? DescriptorLimit.raise() / 2)
        tenantsOpenMax = min(tenantsOpenMax, configuration.engine.tenantsOpenMax)
        tenantIdleNanoseconds = UInt64(configuration.engine.tenantIdleSeconds) * 1_000_000_000
        mappedBytesMax = configuration.engine.mappedBytesMax
        slowSearchNanoseconds = configuration.engine.slowQueryMilliseconds.map {
            UInt64($0) * 1_000_000
        }
        searchSecondsMax = configuration.engine.searchSecondsMax
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

import ArgumentParser
import CAllocator
import CScheduling
import Logging
import Platform
import ServerConfiguration
import ServiceLifecycle
import Telemetry
import TelemetryExport
import UnixSignals

/// `tessera serve`
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve Chroma's API and the admin API until SIGTERM.",
        discussion: "config/tessera.yaml documents every setting.")

    /// How long requests in flight may take after SIGTERM before they are cut off.
    private static let drainSeconds = 25

    /// How long a thread may keep a core from others, in microseconds: half the usual search.
    private static let threadSliceMicroseconds: UInt32 = 500

    @OptionGroup var settings: SettingsOptions
    @Option(help: "What the process does: control,frontend,engine or some of them. Default: all.")
    var roles: String?
    @Option(help: "Port of Chroma's API; 0 takes any free one. Default: 8000.")
    var port: Int?
    @Option(
        name: .customLong("grpc-port"),
        help: "Port of the gRPC data service; 0 takes any free one. Default: 8001.")
    var grpcPort: Int?
    @Option(help: "Port of the admin API over HTTP; 0 takes any free one. Default: 8080.")
    var adminPort: Int?
    @Option(name: .customLong("admin-grpc-port"))
    var adminGRPCPort: Int?

    func run() async throws {
        CrashReports.keepToCode()
        ta_give_back_freed_memory()
        tsched_set_slice_of_process(Self.threadSliceMicroseconds)
        Cores.countLoops()
        let configuration = try await settings.load(
            ConfigurationFlags(
                roles: roles, httpPort: port, grpcPort: grpcPort, adminPort: adminPort,
                adminGRPCPort: adminGRPCPort))
        let logger = settings.startLog(configuration)
        let directory = try DataDirectory(
            making: configuration.dataDirectory, fileSystem: PosixFileSystem())
        let lock = try DataDirectoryLock(directory)
        defer { lock.release() }
        let metrics = MetricRegistry()
        metrics.register(ProcessMetrics(version: BuildInfo.version).collect)
        let telemetry = try TelemetryPipeline.start(
            TelemetrySettings(configuration.otel), metrics, logger: logger)
        let server = ServerProcess(
            configuration: configuration, directory: directory, metrics: metrics,
            logger: logger)
        do { try await run(server, logger) } catch {
            await telemetry.stop()
            throw error
        }
        await telemetry.stop()
    }

    /// The first SIGTERM or SIGINT drains.
    private func run(_ server: ServerProcess, _ logger: Logger) async throws {
        var group = ServiceGroupConfiguration(
            services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(Self.drainSeconds)
        try await ServiceGroup(configuration: group).run()
    }
}

import ArgumentParser
import FoundationEssentials
import Logging
import ServerConfiguration
import Telemetry

/// The flags of every command that reads the server's settings.
struct SettingsOptions: ParsableArguments {
    /// Where the file is named when no flag names it.
    private static let fileVariable = "TESSERA_CONFIG"

    @Option(help: ArgumentHelp("A YAML file of settings.", valueName: "file"))
    var config: String?
    @Option(
        help: ArgumentHelp(
            "The directory that holds everything. Default: ./tessera-data.", valueName: "dir"))
    var dataDir: String?

    /// Throws `ServiceError(.invalidArgument)` for a setting that is unknown or senseless.
    func load(_ flags: ConfigurationFlags = .init()) async throws -> ServerConfiguration {
        let environment = ProcessInfo.processInfo.environment
        var flags = flags
        flags.dataDirectory = dataDir
        return try await ServerConfiguration.load(
            file: config ?? environment[Self.fileVariable], environment: environment,
            flags: flags)
    }

    func startLog(_ configuration: ServerConfiguration) -> Logger {
        LogSystem.start(
            level: Logger.Level(rawValue: configuration.log.level) ?? .info,
            format: LogFormat(rawValue: configuration.log.format.rawValue) ?? .json)
        return Logger(label: "tessera")
    }
}

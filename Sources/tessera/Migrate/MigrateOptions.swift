import ArgumentParser
import ControlPlane
import Logging
import Platform
import ServerConfiguration

/// The flags of every migration command, and the database they are about.
struct MigrateOptions: ParsableArguments {
    @OptionGroup var settings: SettingsOptions

    /// Runs `work` on the database of the settings.
    func run(_ work: (MigrationRunner) async throws -> Void) async throws {
        let configuration = try await settings.load()
        let logger = settings.startLog(configuration)
        let directory = try DataDirectory(
            making: configuration.dataDirectory, fileSystem: PosixFileSystem())
        let lock = try configuration.database.url == nil ? DataDirectoryLock(directory) : nil
        defer { lock?.release() }
        try await run(work, configuration.database, directory, logger)
    }

    private func run(
        _ work: (MigrationRunner) async throws -> Void,
        _ configuration: ServerConfiguration.Database, _ directory: DataDirectory,
        _ logger: Logger
    ) async throws {
        let database = try await ControlDatabase.start(
            configuration, in: directory, logger: logger)
        do {
            try await work(try await database.migrations(configuration, logger: logger))
        } catch {
            await database.stop()
            throw error
        }
        await database.stop()
    }
}

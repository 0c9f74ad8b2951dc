import ControlPlane
import Logging
import Postgres
import ServerConfiguration

/// The PostgreSQL of the control plane with its pool: the one that was named, or a private one.
struct ControlDatabase: Sendable {
    let pool: PostgresPool
    private let embedded: EmbeddedPostgres?

    /// Throws when the private server does not start.
    static func start(
        _ configuration: ServerConfiguration.Database, in directory: DataDirectory, logger: Logger
    ) async throws -> ControlDatabase {
        if let url = configuration.url { return ControlDatabase(url, configuration, nil) }
        let embedded = try await EmbeddedPostgres.start(
            dataDirectory: directory.path, logger: logger)
        return ControlDatabase(embedded.connectionInfo, configuration, embedded)
    }

    private init(
        _ connectionInfo: String, _ configuration: ServerConfiguration.Database,
        _ embedded: EmbeddedPostgres?
    ) {
        pool = PostgresPool(
            connectionInfo: connectionInfo, connectionsMax: configuration.connectionsMax)
        self.embedded = embedded
    }

    func stop() async {
        await pool.close()
        await embedded?.stop()
    }

    /// The migrations of this build, to be run on this database.
    /// Throws `failedPrecondition` when they can't be found.
    func migrations(
        _ configuration: ServerConfiguration.Database, logger: Logger
    ) throws -> MigrationRunner {
        let directory =
            try configuration.migrationsDirectory ?? MigrationCatalog.defaultDirectory()
        return MigrationRunner(
            pool: pool, catalog: try MigrationCatalog.load(directory: directory), logger: logger)
    }
}

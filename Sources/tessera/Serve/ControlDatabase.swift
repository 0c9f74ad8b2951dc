import ChromaModel
import ControlPlane
import Logging
import Postgres
import ServerConfiguration
import ServiceLifecycle

/// The PostgreSQL of the control plane with its pool: the one that was named, or a private one.
struct ControlDatabase: Sendable {
    let pool: PostgresPool
    private let embedded: EmbeddedPostgres?

    /// Throws when the private server does not start, and `failedPrecondition` when the named
    /// one can't be used.
    static func start(
        _ configuration: ServerConfiguration.Database, in directory: DataDirectory, logger: Logger
    ) async throws -> ControlDatabase {
        if let url = configuration.url {
            guard ConnectionInfo.isReadable(url) else { throw unreadableURL }
            let database = ControlDatabase(url, configuration, nil)
            try await database.connect()
            return database
        }
        let embedded = try await EmbeddedPostgres.start(
            dataDirectory: directory.path, connectionsMax: configuration.connectionsMax,
            logger: logger)
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

    /// What keeps it running, to be run beside what uses it.
    var services: [any Service] { embedded.map { [PostgresSupervision(server: $0)] } ?? [] }

    func stop() async {
        await pool.close()
        await embedded?.stop()
    }

    /// Stops the private server under those who still use it.
    func stopAbruptly() async { await embedded?.stop() }

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

    private func connect() async throws {
        do {
            try await pool.query("SELECT 1")
        } catch {
            await pool.close()
            throw ServiceError(
                .failedPrecondition,
                """
                The PostgreSQL that database.url (TESSERA_DATABASE_URL) names can't be used: \
                start it, or correct the setting's host, port, user, password or database.
                """, cause: error)
        }
    }

    private static var unreadableURL: ServiceError {
        ServiceError(
            .invalidArgument,
            """
            database.url (TESSERA_DATABASE_URL) is not a libpq URL: write it like \
            postgresql://user:password@host:5432/database, percent-encode what is special.
            """)
    }
}

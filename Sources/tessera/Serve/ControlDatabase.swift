import ChromaModel
import ControlPlane
import Logging
import Postgres
import ServerConfiguration
import ServiceLifecycle

/// The PostgreSQL of the control plane with its pool: the one that was named, or a private one.
struct ControlDatabase: Sendable {
    /// Of the role that serves.
    let pool: PostgresPool
    /// Of the role that owns the schema; nil when it is the same.
    private let owner: PostgresPool?
    private let embedded: EmbeddedPostgres?

    /// One for a migration, one for the look whether there is any.
    private static let ownerConnectionsMax = 2

    /// Throws when the private server does not start, and `failedPrecondition` when the named
    /// one can't be used.
    static func start(
        _ configuration: ServerConfiguration.Database, in directory: DataDirectory, logger: Logger
    ) async throws -> ControlDatabase {
        if let url = configuration.url {
            for url in [url, configuration.ownerURL].compactMap({ $0 }) {
                guard ConnectionInfo.isReadable(url) else { throw unreadableURL }
            }
            let database = ControlDatabase(
                url, owner: configuration.ownerURL, configuration, nil)
            try await database.connect()
            return database
        }
        let embedded = try await EmbeddedPostgres.start(
            dataDirectory: directory.path,
            connectionsMax: configuration.connectionsMax + ownerConnectionsMax, logger: logger)
        return ControlDatabase(
            embedded.applicationConnectionInfo, owner: embedded.connectionInfo, configuration,
            embedded)
    }

    private init(
        _ connectionInfo: String, owner: String?, _ configuration: ServerConfiguration.Database,
        _ embedded: EmbeddedPostgres?
    ) {
        pool = PostgresPool(
            connectionInfo: connectionInfo, connectionsMax: configuration.connectionsMax)
        self.owner = owner.map {
            PostgresPool(connectionInfo: $0, connectionsMax: Self.ownerConnectionsMax)
        }
        self.embedded = embedded
    }

    /// What keeps it running, to be run beside what uses it.
    var services: [any Service] { embedded.map { [PostgresSupervision(server: $0)] } ?? [] }

    func stop() async {
        await owner?.close()
        await pool.close()
        await embedded?.stop()
    }

    /// Stops the private server under those who still use it.
    func stopAbruptly() async { await embedded?.stop() }

    /// Brings the database to this release. The owner's sessions are closed for good: who serves
    /// can't change the schema any more.
    ///
    /// Throws `failedPrecondition` when it doesn't fit this release, or when the one who serves
    /// would be a superuser and that isn't allowed.
    func prepare(_ configuration: ServerConfiguration.Database, logger: Logger) async throws {
        try await refuseSuperuser(configuration, logger)
        try await migrations(configuration, logger: logger).up()
        await owner?.close()
    }

    /// The migrations of this build, to be run on this database.
    /// Throws `failedPrecondition` when they can't be found.
    func migrations(
        _ configuration: ServerConfiguration.Database, logger: Logger
    ) async throws -> MigrationRunner {
        let directory =
            try configuration.migrationsDirectory ?? MigrationCatalog.defaultDirectory()
        return MigrationRunner(
            pool: owner ?? pool, catalog: try MigrationCatalog.load(directory: directory),
            role: owner == nil ? nil : try await ApplicationRole(of: pool), logger: logger)
    }

    private func refuseSuperuser(
        _ configuration: ServerConfiguration.Database, _ logger: Logger
    ) async throws {
        do {
            try await ApplicationRole.refuseTheBoundless(in: pool)
        } catch let error as ServiceError where configuration.allowsSuperuser {
            logger.warning(
                "PostgreSQL keeps no tenant's rows from this process",
                metadata: ["reason": "\(error.message)"])
        }
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

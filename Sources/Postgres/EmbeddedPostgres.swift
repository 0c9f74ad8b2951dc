import ChromaModel
import Glibc
import Logging
import NIOPosix
import Platform
import Synchronization

/// A private PostgreSQL in the data directory, reached through a socket that only this user
/// can open. It stops with this process: in order through `stop()`, else by the kernel's hand.
package final class EmbeddedPostgres: Sendable {
    /// Its superuser and its database.
    static let name = "tessera"

    /// Who works with the database: a role that may not change its schema.
    static let applicationName = "tessera_app"

    /// A libpq connection string of the superuser; a restart does not change it.
    package let connectionInfo: String
    /// The same for `applicationName`.
    package let applicationConnectionInfo: String
    private let program: PostgresProgram
    private let child: Mutex<ChildProcess>
    let logger: Logger

    private init(_ program: PostgresProgram, _ child: ChildProcess, _ logger: Logger) {
        self.program = program
        self.child = Mutex(child)
        self.logger = logger
        connectionInfo = program.connectionInfo(database: Self.name)
        // The last of two settings of a connection string wins.
        applicationConnectionInfo = "\(connectionInfo) user=\(Self.applicationName)"
    }

    /// Starts the server, making its cluster on the first start, and waits until it accepts
    /// connections. An earlier run's server in the same directory is stopped first.
    /// Throws `ServiceError` that says what to install or quotes the server's log.
    ///
    /// - Parameter connectionsMax: sessions that the pool will hold at once.
    package static func start(
        dataDirectory: String, connectionsMax: Int = 8, logger: Logger
    ) async throws -> EmbeddedPostgres {
        do {
            let fileSystem = PosixFileSystem()
            try fileSystem.createDirectory(dataDirectory)
            let cluster = PostgresCluster(
                root: try absolutePath(dataDirectory), user: try ServerUser.current(),
                fileSystem: fileSystem)
            let binaries = try await NIOThreadPool.singleton.runIfActive {
                try PostgresBinaries.find(
                    majorVersion: cluster.majorVersion(), fileSystem: fileSystem)
            }
            try await prepare(cluster, binaries, logger)
            return try await launch(cluster, binaries, connectionsMax, logger)
        } catch let error as FileError {
            throw ServiceError(
                .failedPrecondition, "The data directory \(dataDirectory) cannot be used.",
                cause: error)
        }
    }

    /// Stops the server in order: open transactions are rolled back, a checkpoint is written.
    /// Call it when `supervise()` has returned.
    package func stop() async {
        if await !PostgresProgram.stop(process) {
            logger.error("PostgreSQL did not stop; its next start will recover")
        }
        program.socket.remove()
    }

    /// The server's process id, for diagnosis.
    package var processID: Int32 { process.id }

    /// Whether the server still runs.
    package var isRunning: Bool { process.exitStatus() == nil }

    /// The newest process.
    var process: ChildProcess { child.withLock { $0 } }

    /// Starts the server anew in place of one that ended. Throws as `PostgresProgram.start`.
    func restart() async throws {
        try await Self.clearStale(program.cluster, logger)
        let fresh = try await program.start()
        child.withLock { $0 = fresh }
    }
}

extension EmbeddedPostgres {
    private static func prepare(
        _ cluster: PostgresCluster, _ binaries: PostgresBinaries, _ logger: Logger
    ) async throws {
        try cluster.setAsideLongLog()
        if try cluster.majorVersion() == nil {
            logger.info("making the embedded PostgreSQL's cluster")
            try await cluster.initialise(with: binaries)
        }
        try cluster.checkOwner()
        try await clearStale(cluster, logger)
    }

    private static func clearStale(_ cluster: PostgresCluster, _ logger: Logger) async throws {
        try await StalePostmaster(
            dataDirectory: cluster.directory, fileSystem: cluster.fileSystem, logger: logger
        ).clear()
    }

    private static func launch(
        _ cluster: PostgresCluster, _ binaries: PostgresBinaries, _ connectionsMax: Int,
        _ logger: Logger
    ) async throws -> EmbeddedPostgres {
        let socket = try SocketDirectory.make(
            recordPath: cluster.socketRecordPath, owner: cluster.user,
            fileSystem: cluster.fileSystem)
        let program = PostgresProgram(
            cluster: cluster, binaries: binaries, socket: socket, connectionsMax: connectionsMax)
        do {
            let server = EmbeddedPostgres(program, try await program.start(), logger)
            try await server.createDatabaseOrStop()
            return server
        } catch {
            socket.remove()
            throw error
        }
    }

    private func createDatabaseOrStop() async throws {
        do { try await createDatabase() } catch {
            await stop()
            throw error
        }
    }

    private func createDatabase() async throws {
        let pool = PostgresPool(
            connectionInfo: program.connectionInfo(database: PostgresProgram.ownDatabase),
            connectionsMax: 1)
        do {
            let (name, role) = (Self.name, Self.applicationName)
            if try await pool.query("SELECT FROM pg_roles WHERE rolname = \(role)").isEmpty {
                try await pool.withConnection {
                    try await $0.runScript("CREATE ROLE \(role) LOGIN")
                }
            }
            try await Self.nameDatabase(name, pool)
            await pool.close()
        } catch {
            await pool.close()
            throw error
        }
    }

    /// Takes the empty database that initdb made for whoever names none: a copy of a template
    /// would be 7 MB on the disk and as much of the log.
    private static func nameDatabase(_ name: String, _ pool: PostgresPool) async throws {
        let known = try await pool.query("SELECT FROM pg_database WHERE datname = \(name)")
        guard known.isEmpty else { return }
        try await pool.withConnection {
            try await $0.runScript("ALTER DATABASE postgres RENAME TO \(name)")
        }
    }

    private static func absolutePath(_ path: String) throws -> String {
        guard let resolved = realpath(path, nil) else { throw FileError("realpath", path, errno) }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

import CPostgres
import ChromaModel
import Glibc
import Logging
import NIOPosix
import Platform

/// A private PostgreSQL in the data directory, reached through a socket that only this user
/// can open. It stops with this process: in order through `stop()`, else by the kernel's hand.
package final class EmbeddedPostgres: Sendable {
    /// Its superuser and its database.
    static let name = "tessera"
    /// Only part of the socket's name: nothing listens on the network.
    private static let port = 5432
    /// Recovery after a crash is part of the start.
    private static let startSeconds = 300
    private static let fastShutdownSeconds = 30
    private static let immediateShutdownSeconds = 10
    /// Starts that may fail because processes of a killed predecessor are still going away.
    private static let startAttemptsMax = 10

    /// A libpq connection string.
    package let connectionInfo: String
    private let child: ChildProcess
    private let socket: SocketDirectory
    private let logger: Logger

    private init(child: ChildProcess, socket: SocketDirectory, logger: Logger) {
        self.child = child
        self.socket = socket
        self.logger = logger
        connectionInfo = Self.connectionInfo(socket, database: Self.name)
    }

    /// Starts the server, making its cluster on the first start, and waits until it accepts
    /// connections. An earlier run's server in the same directory is stopped first.
    /// Throws `ServiceError` that says what to install or quotes the server's log.
    package static func start(dataDirectory: String, logger: Logger) async throws
        -> EmbeddedPostgres
    {
        do {
            let fileSystem = PosixFileSystem()
            try fileSystem.createDirectory(dataDirectory)
            let cluster = PostgresCluster(
                root: try absolutePath(dataDirectory), user: try ServerUser.current(),
                fileSystem: fileSystem)
            let binaries = try await onThread {
                try PostgresBinaries.find(
                    majorVersion: cluster.majorVersion(), fileSystem: fileSystem)
            }
            try await prepare(cluster, binaries, logger)
            return try await launch(cluster, binaries, logger)
        } catch let error as FileError {
            throw ServiceError(
                .failedPrecondition, "The data directory \(dataDirectory) cannot be used.",
                cause: error)
        }
    }

    /// Stops the server in order: open transactions are rolled back, a checkpoint is written.
    package func stop() async {
        child.signal(SIGINT)
        if await child.wait(seconds: Self.fastShutdownSeconds) == nil {
            logger.error("PostgreSQL does not stop; its next start will recover")
            child.signal(SIGQUIT)
            if await child.wait(seconds: Self.immediateShutdownSeconds) == nil {
                child.signal(SIGKILL)
                _ = await child.wait(seconds: Self.immediateShutdownSeconds)
            }
        }
        socket.remove()
    }

    /// The server's process id, for diagnosis.
    package var processID: Int32 { child.id }

    /// Whether the server still runs.
    package var isRunning: Bool { child.exitStatus() == nil }
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
        try await StalePostmaster(
            dataDirectory: cluster.directory, fileSystem: cluster.fileSystem, logger: logger
        ).clear()
    }

    private static func launch(
        _ cluster: PostgresCluster, _ binaries: PostgresBinaries, _ logger: Logger
    ) async throws -> EmbeddedPostgres {
        let socket = try SocketDirectory.make(
            recordPath: cluster.socketRecordPath, owner: cluster.user,
            fileSystem: cluster.fileSystem)
        for attempt in 1... {
            let child = try await spawn(cluster, binaries, socket)
            let server = EmbeddedPostgres(child: child, socket: socket, logger: logger)
            do {
                if try await server.awaitReady(cluster) {
                    try await server.createDatabase()
                    return server
                }
            } catch {
                await server.stop()
                throw error
            }
            // The memory of a killed predecessor is in use until its last process is gone.
            guard cluster.logTail().contains("shared memory"), attempt < startAttemptsMax else {
                break
            }
            try await Task.sleep(for: .milliseconds(500))
        }
        socket.remove()
        throw cluster.failure("it ended while starting")
    }

    private static func spawn(
        _ cluster: PostgresCluster, _ binaries: PostgresBinaries, _ socket: SocketDirectory
    ) async throws -> ChildProcess {
        let settings = [
            "listen_addresses=", "port=\(port)", "unix_socket_directories=\(socket.path)",
            "unix_socket_permissions=0700", "cluster_name=\(name)",
            // Neither statements nor stored values belong into the log.
            "log_error_verbosity=terse", "log_min_error_statement=panic",
        ]
        return try await ChildProcess.spawn(
            ChildProcess.Command(
                arguments: cluster.user.launcher + [
                    binaries.postgres, "-D", cluster.directoryArgument,
                ] + settings.flatMap { ["-c", $0] },
                outputPath: cluster.logPath, directoryPath: cluster.directory))
    }

    /// False when the server ended before it was ready.
    private func awaitReady(_ cluster: PostgresCluster) async throws -> Bool {
        let info = Self.connectionInfo(socket, database: "postgres")
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(Self.startSeconds)
        while clock.now < deadline {
            guard isRunning else { return false }
            let answer = try await Self.onThread { PQping(info) }
            if answer == PQPING_OK { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw cluster.failure("it accepts no connections after \(Self.startSeconds) s")
    }

    private func createDatabase() async throws {
        let pool = PostgresPool(
            connectionInfo: Self.connectionInfo(socket, database: "postgres"), connectionsMax: 1)
        do {
            let name = Self.name
            if try await pool.query("SELECT FROM pg_database WHERE datname = \(name)").isEmpty {
                try await pool.withConnection { try await $0.runScript("CREATE DATABASE \(name)") }
            }
            await pool.close()
        } catch {
            await pool.close()
            throw error
        }
    }

    private static func connectionInfo(_ socket: SocketDirectory, database: String) -> String {
        "host=\(socket.path) port=\(port) user=\(name) dbname=\(database)"
    }

    /// Runs what blocks for a moment off the cooperative pool.
    private static func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await NIOThreadPool.singleton.runIfActive(body)
    }

    private static func absolutePath(_ path: String) throws -> String {
        guard let resolved = realpath(path, nil) else { throw FileError("realpath", path, errno) }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

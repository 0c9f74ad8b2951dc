import CPostgres
import ChromaModel
import Glibc
import NIOPosix

/// The server program with everything it is started with, once or again.
struct PostgresProgram: Sendable {
    /// Only part of the socket's name: nothing listens on the network.
    private static let port = 5432
    /// A database that each cluster has, to ask and to be named from.
    static let ownDatabase = "template1"
    /// Sessions beside the pool's: command-line tools, and a person with psql.
    private static let spareConnections = 20
    /// PostgreSQL's own default.
    private static let connectionsMin = 100
    /// Recovery after a crash is part of the start.
    private static let startSeconds = 300
    private static let fastShutdownSeconds = 30
    private static let immediateShutdownSeconds = 10
    /// Starts that may fail because processes of a killed predecessor are still going away.
    private static let startAttemptsMax = 10

    let cluster: PostgresCluster
    let binaries: PostgresBinaries
    let socket: SocketDirectory
    /// Sessions that the pool will hold at once.
    let connectionsMax: Int

    func connectionInfo(database: String) -> String {
        "host=\(socket.path) port=\(Self.port) user=\(EmbeddedPostgres.name) dbname=\(database)"
    }

    /// Returns the process once it accepts connections.
    /// Throws `unavailable` that quotes the server's log, or `CancellationError`; none runs then.
    func start() async throws -> ChildProcess {
        for attempt in 1... {
            let child = try await spawn()
            do {
                if try await isReady(child) { return child }
            } catch {
                await Self.stop(child)
                throw error
            }
            // The memory of a killed predecessor is in use until its last process is gone.
            guard cluster.logTail().contains("shared memory"), attempt < Self.startAttemptsMax
            else { break }
            try await Task.sleep(for: .milliseconds(500))
        }
        throw cluster.failure("it ended while starting")
    }

    /// Stops a server in order; false when it had to be killed.
    @discardableResult
    static func stop(_ child: ChildProcess) async -> Bool {
        child.signal(SIGINT)
        if await child.wait(seconds: fastShutdownSeconds) != nil { return true }
        child.signal(SIGQUIT)
        if await child.wait(seconds: immediateShutdownSeconds) == nil {
            child.signal(SIGKILL)
            _ = await child.wait(seconds: immediateShutdownSeconds)
        }
        return false
    }

    private func spawn() async throws -> ChildProcess {
        try await ChildProcess.spawn(
            ChildProcess.Command(
                arguments: cluster.user.launcher + [
                    binaries.postgres, "-D", cluster.directoryArgument,
                ] + settings.flatMap { ["-c", $0] },
                outputPath: cluster.logPath, directoryPath: cluster.directory))
    }

    private var settings: [String] {
        let connections = max(Self.connectionsMin, connectionsMax + Self.spareConnections)
        return [
            "listen_addresses=", "port=\(Self.port)", "unix_socket_directories=\(socket.path)",
            "unix_socket_permissions=0700", "cluster_name=\(EmbeddedPostgres.name)",
            "max_connections=\(connections)",
            // Kept of the log for later: next to nothing, for little is written.
            "min_wal_size=2MB", "wal_compression=on",
            // Our statements are short; to compile one costs 0.1 s and 60 MB of its session.
            "jit=off",
            // Neither statements nor stored values belong into the log.
            "log_error_verbosity=terse", "log_min_error_statement=panic",
        ]
    }

    /// Waits until it accepts connections. False when it ended before.
    private func isReady(_ child: ChildProcess) async throws -> Bool {
        let info = connectionInfo(database: Self.ownDatabase)
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(Self.startSeconds)
        while clock.now < deadline {
            guard child.exitStatus() == nil else { return false }
            let answer = try await NIOThreadPool.singleton.runIfActive { PQping(info) }
            if answer == PQPING_OK { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw cluster.failure("it accepts no connections after \(Self.startSeconds) s")
    }
}

import Glibc
import Logging
import Platform
import Postgres

/// A real PostgreSQL for tests: one server in a temporary directory for the whole test process,
/// and as many empty databases on it as are asked for.
///
/// The kernel stops the server with the test process. Directories of test processes that are
/// gone are removed by the next one.
package enum TemporaryPostgres {
    private static let root = "/tmp"
    /// Enough for every test of a run at once, each with pools of its own.
    private static let connectionsMax = 600
    private static let prefix = "tessera-test-"

    private static let server = Task {
        removeLeftovers()
        let directory = "\(root)/\(prefix)\(getpid())"
        return try await EmbeddedPostgres.start(
            dataDirectory: directory, connectionsMax: connectionsMax, logger: quiet)
    }

    /// Connects to a new database that no other test uses. Close the pool when done.
    package static func pool(connectionsMax: Int = 4) async throws -> PostgresPool {
        PostgresPool(connectionInfo: try await makeDatabase(), connectionsMax: connectionsMax)
    }

    /// Makes an empty database and returns its libpq connection string.
    package static func makeDatabase() async throws -> String {
        // A machine with few cores and all tests at once takes its time to fork a session.
        let info = try await server.value.connectionInfo + " connect_timeout=60"
        let name = "test_\(String(SystemRandomSource().next(), radix: 36))"
        let pool = PostgresPool(connectionInfo: info, connectionsMax: 1)
        try await pool.withConnection { try await $0.runScript("CREATE DATABASE \(name)") }
        await pool.close()
        // The last of two settings of a connection string wins.
        return "\(info) dbname=\(name)"
    }

    /// Runs a body with a pool on a new database.
    package static func withPool(
        connectionsMax: Int = 4, _ body: (PostgresPool) async throws -> Void
    ) async throws {
        let pool = try await pool(connectionsMax: connectionsMax)
        do {
            try await body(pool)
            await pool.close()
        } catch {
            await pool.close()
            throw error
        }
    }

    /// A logger that says nothing.
    package static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func removeLeftovers() {
        let fileSystem = PosixFileSystem()
        for name in (try? fileSystem.list(root)) ?? [] where name.hasPrefix(prefix) {
            guard let owner = pid_t(name.dropFirst(prefix.count)), kill(owner, 0) != 0 else {
                continue
            }
            let directory = "\(root)/\(name)"
            if let socket = try? fileSystem.readAll(directory + "/postgres.socketdir") {
                try? fileSystem.removeTree(String(decoding: socket, as: UTF8.self))
            }
            try? fileSystem.removeTree(directory)
        }
    }
}

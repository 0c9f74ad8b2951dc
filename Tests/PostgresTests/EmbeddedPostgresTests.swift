import ChromaModel
import Glibc
import Logging
import Platform
import Postgres
import TestSupport
import Testing

/// Each test runs servers in a temporary directory of its own.
@Suite(.serialized)
struct EmbeddedPostgresTests {
    private let fileSystem = PosixFileSystem()

    @Test("data is there after a restart, and stopping leaves no process and no socket")
    func restart() async throws {
        try await withDirectory { directory in
            let first = try await start(directory)
            let socket = try text(directory + "/postgres.socketdir")
            try await run(first, "CREATE TABLE kept AS SELECT 42 AS answer")
            await first.stop()
            #expect(kill(first.processID, 0) != 0)
            #expect(try !fileSystem.exists(socket))

            let second = try await start(directory)
            #expect(try await run(second, "SELECT answer FROM kept").first?.int64("answer") == 42)
            await second.stop()
        }
    }

    @Test("the socket's directory is closed to other users and its path is short")
    func socketDirectory() async throws {
        try await withDirectory { directory in
            let server = try await start(directory)
            let path = try text(directory + "/postgres.socketdir")
            var status = stat()
            #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o700)
            #expect(path.utf8.count + "/.s.PGSQL.5432".utf8.count <= 107)
            await server.stop()
        }
    }

    @Test("a server killed with SIGKILL recovers, with the pid file it left behind")
    func crash() async throws {
        try await withDirectory { directory in
            let first = try await start(directory)
            try await run(first, "CREATE TABLE kept AS SELECT 42 AS answer")
            kill(first.processID, SIGKILL)
            while first.isRunning { try await Task.sleep(for: .milliseconds(10)) }

            let second = try await start(directory)
            #expect(try await run(second, "SELECT answer FROM kept").first?.int64("answer") == 42)
            await second.stop()
            await first.stop()
        }
    }

    @Test("a server that an earlier run left running is stopped and replaced")
    func leftRunning() async throws {
        try await withDirectory { directory in
            let first = try await start(directory)
            try await run(first, "CREATE TABLE kept AS SELECT 42 AS answer")
            // In an earlier run's place: the same process, which its parent does not stop.
            let second = try await start(directory)
            #expect(!first.isRunning)
            #expect(try await run(second, "SELECT answer FROM kept").first?.int64("answer") == 42)
            await second.stop()
        }
    }

    @Test("a pid file that names somebody else's process is not believed, and nobody is harmed")
    func foreignPidFile() async throws {
        try await withDirectory { directory in
            await (try start(directory)).stop()
            let file = try fileSystem.open(directory + "/postgres/postmaster.pid", .create)
            try Array("\(getpid())\n".utf8).withUnsafeBytes { try file.write($0, at: 0) }
            file.close()
            let server = try await start(directory)
            #expect(server.isRunning)
            await server.stop()
        }
    }

    @Test("half a cluster from an interrupted first start is made anew")
    func interruptedInitialisation() async throws {
        try await withDirectory { directory in
            try fileSystem.createDirectory(directory + "/postgres.new/base")
            let server = try await start(directory)
            #expect(try !fileSystem.exists(directory + "/postgres.new"))
            await server.stop()
        }
    }

    @Test("a start that fails quotes the server's log")
    func failureQuotesLog() async throws {
        try await withDirectory { directory in
            await (try start(directory)).stop()
            let file = try fileSystem.open(
                directory + "/postgres/postgresql.auto.conf", .existing)
            try file.truncate(to: 0)
            try Array("no_such_setting = 1\n".utf8).withUnsafeBytes { try file.write($0, at: 0) }
            file.close()
            let error = await #expect(throws: ServiceError.self) { try await start(directory) }
            #expect(error?.message.contains("no_such_setting") == true)
        }
    }

    @Test("the kernel ends the server with the thread that spawned it, which never ends")
    func parentDeathSignal() async throws {
        try await withDirectory { directory in
            let server = try await start(directory)
            let status = try text("/proc/\(server.processID)/status")
            // The parent is this process, and the server has its own process group.
            #expect(status.contains("PPid:\t\(getpid())\n"))
            #expect(getpgid(server.processID) == server.processID)
            #expect(getpgid(server.processID) != getpgid(getpid()))
            await server.stop()
        }
    }

    @Test("the server inherits no descriptor but its streams and its directory")
    func descriptors() async throws {
        try await withDirectory { directory in
            let leak = open("/dev/zero", O_RDONLY)
            defer { close(leak) }
            let server = try await start(directory)
            let descriptors = try fileSystem.list("/proc/\(server.processID)/fd")
            #expect(
                !descriptors.contains { descriptor in
                    let path = "/proc/\(server.processID)/fd/\(descriptor)"
                    return realpath(path, nil).map { String(cString: $0) } == "/dev/zero"
                })
            await server.stop()
        }
    }

    @Test("a server that is killed is started again under the same address")
    func supervision() async throws {
        try await withDirectory { directory in
            let server = try await start(directory)
            let supervision = Task { await server.supervise() }
            let pool = PostgresPool(connectionInfo: server.connectionInfo, connectionsMax: 1)
            try await pool.query("CREATE TABLE kept AS SELECT 42 AS answer")
            for _ in 1...2 {
                kill(server.processID, SIGKILL)
                while (try? await pool.query("SELECT answer FROM kept"))?.count != 1 {
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            supervision.cancel()
            await supervision.value
            await pool.close()
            await server.stop()
            #expect(!server.isRunning)
        }
    }

    @Test("there are as many sessions as the pool may ask for")
    func connectionsMax() async throws {
        try await withDirectory { directory in
            let server = try await EmbeddedPostgres.start(
                dataDirectory: directory, connectionsMax: 150, logger: TemporaryPostgres.quiet)
            let pool = PostgresPool(connectionInfo: server.connectionInfo, connectionsMax: 150)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...150 {
                    group.addTask { try await pool.query("SELECT pg_sleep(1)") }
                }
                try await group.waitForAll()
            }
            await pool.close()
            await server.stop()
        }
    }

    private func start(_ directory: String) async throws -> EmbeddedPostgres {
        try await EmbeddedPostgres.start(
            dataDirectory: directory, logger: TemporaryPostgres.quiet)
    }

    @discardableResult
    private func run(_ server: EmbeddedPostgres, _ sql: SQL) async throws -> [Row] {
        let pool = PostgresPool(connectionInfo: server.connectionInfo, connectionsMax: 1)
        let rows = try await pool.query(sql)
        await pool.close()
        return rows
    }

    private func text(_ path: String) throws -> String {
        guard let file = fopen(path, "r") else { throw FileError("fopen", path, errno) }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// A directory that only this user can enter, deep enough that no socket fits in it.
    private func withDirectory(_ body: (String) async throws -> Void) async throws {
        var template = Array("/tmp/tessera-embedded-XXXXXX".utf8CString)
        _ = mkdtemp(&template)
        let root = String(decoding: template.dropLast().map { UInt8($0) }, as: UTF8.self)
        let directory = root + "/" + String(repeating: "d", count: 120)
        defer { try? fileSystem.removeTree(root) }
        try await body(directory)
    }
}

import ChromaModel
import Glibc
import Logging
import Platform

/// A postmaster that an earlier run left in the data directory: still running, still dying, or
/// only its pid file.
struct StalePostmaster {
    private static let fastShutdownSeconds = 20
    private static let immediateShutdownSeconds = 10
    private static let pollMilliseconds = 50

    let dataDirectory: String
    let fileSystem: any FileSystem
    let logger: Logger

    /// Leaves a data directory that can be started, or throws `failedPrecondition`.
    func clear() async throws {
        let pidFile = dataDirectory + "/postmaster.pid"
        guard try fileSystem.exists(pidFile), let id = try processID(in: pidFile), isAlive(id)
        else { return }
        switch WorkingDirectory(of: id) {
        case .hidden:
            // Another user's process: PostgreSQL itself decides whether the file is stale.
            return
        case .path(dataDirectory) where Self.commandName(id) == "postgres":
            try await stop(id)
        case .path, .none:
            logger.warning("removing a stale postmaster.pid", metadata: ["pid": "\(id)"])
            try fileSystem.removeFile(pidFile)
        }
    }

    private func stop(_ id: pid_t) async throws {
        logger.warning("stopping a PostgreSQL left by an earlier run", metadata: ["pid": "\(id)"])
        kill(id, SIGINT)
        if await hasEnded(id, withinSeconds: Self.fastShutdownSeconds) { return }
        kill(id, SIGQUIT)
        if await hasEnded(id, withinSeconds: Self.immediateShutdownSeconds) { return }
        throw ServiceError(
            .failedPrecondition,
            "PostgreSQL process \(id) uses the data directory and does not stop; stop it by hand.")
    }

    private func hasEnded(_ id: pid_t, withinSeconds seconds: Int) async -> Bool {
        for _ in 0..<(seconds * 1000 / Self.pollMilliseconds) {
            if WorkingDirectory(of: id) != .path(dataDirectory) { return true }
            try? await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
        }
        return false
    }

    private func isAlive(_ id: pid_t) -> Bool { kill(id, 0) == 0 || errno == EPERM }

    /// The first line of the file; PostgreSQL writes nothing else but numbers there.
    private func processID(in pidFile: String) throws -> pid_t? {
        let text = String(decoding: try fileSystem.readAll(pidFile), as: UTF8.self)
        guard let id = text.split(separator: "\n").first.flatMap({ pid_t($0) }), id > 1 else {
            return nil
        }
        return id
    }

    private static func commandName(_ id: pid_t) -> String? {
        guard let file = fopen("/proc/\(id)/comm", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 64)
        guard let text = fgets(&line, Int32(line.count), file).map({ String(cString: $0) }) else {
            return nil
        }
        return text.last == "\n" ? String(text.dropLast()) : text
    }
}

/// Where a process works; a postmaster never leaves its data directory.
private enum WorkingDirectory: Equatable {
    case path(String)
    /// The process is gone, or only waits for its parent to notice that it is.
    case none
    case hidden

    init(of id: pid_t) {
        guard let resolved = realpath("/proc/\(id)/cwd", nil) else {
            self = errno == ENOENT || errno == ESRCH ? .none : .hidden
            return
        }
        defer { free(resolved) }
        self = .path(String(cString: resolved))
    }
}

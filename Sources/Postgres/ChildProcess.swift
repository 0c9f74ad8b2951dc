import CPostgres
import ChromaModel
import Glibc
import NIOPosix
import Synchronization

/// A child process of the server.
final class ChildProcess: Sendable {
    /// What to run. Nothing is inherited but what is named here.
    struct Command: Sendable {
        /// The program's absolute path, then its arguments.
        var arguments: [String]
        /// Both output streams are appended here; made with mode 0600.
        var outputPath: String
        /// Opened for the child as descriptor `directoryDescriptor`.
        var directoryPath: String
    }

    static let directoryDescriptor: Int32 = 3
    private static let pollMilliseconds = 20

    /// The kernel's parent-death signal fires when the thread that spawned ends, not the
    /// process, so every child is spawned on this one, which is never shut down.
    private static let spawner: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        return pool
    }()

    let id: pid_t
    /// The wait status once the child was reaped; its id means nothing from then on.
    private let status = Mutex<Int32?>(nil)

    private init(id: pid_t) { self.id = id }

    /// Throws `ServiceError` when the system refuses.
    static func spawn(_ command: Command) async throws -> ChildProcess {
        try await spawner.runIfActive { ChildProcess(id: try spawnBlocking(command)) }
    }

    /// Sends a signal, unless the child is gone.
    func signal(_ number: Int32) {
        status.withLock { status in
            if reap(&status) == nil { kill(id, number) }
        }
    }

    /// The wait status; nil while the child runs.
    func exitStatus() -> Int32? { status.withLock { reap(&$0) } }

    /// Waits for the end and returns the wait status; nil when the time is up first.
    func wait(seconds: Int) async -> Int32? {
        for _ in 0..<(seconds * 1000 / Self.pollMilliseconds) {
            if let status = exitStatus() { return status }
            // Cancelling the caller must not cut short a shutdown.
            await Task.detached { try? await Task.sleep(for: .milliseconds(Self.pollMilliseconds)) }
                .value
        }
        return exitStatus()
    }

    private func reap(_ status: inout Int32?) -> Int32? {
        var word: Int32 = 0
        if status == nil, waitpid(id, &word, WNOHANG) == id { status = word }
        return status
    }
}

extension ChildProcess {
    private static func spawnBlocking(_ command: Command) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, STDOUT_FILENO, command.outputPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        posix_spawn_file_actions_addopen(
            &actions, directoryDescriptor, command.directoryPath, O_RDONLY | O_DIRECTORY, 0)
        posix_spawn_file_actions_addclosefrom_np(&actions, directoryDescriptor + 1)
        // The server's own directory may be one that the child's user cannot search.
        posix_spawn_file_actions_addchdir_np(&actions, "/")

        var attributes = posix_spawnattr_t()
        try prepare(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }

        let arguments = copies(command.arguments)
        let environment = copies(["PATH=/usr/bin:/bin", "LC_ALL=C"])
        defer { for text in arguments + environment { free(text) } }
        var id: pid_t = 0
        let failure = posix_spawn(
            &id, command.arguments[0], &actions, &attributes, arguments, environment)
        guard failure == 0 else {
            throw ServiceError(
                .internalError, "Cannot start \(command.arguments[0]): errno \(failure).")
        }
        return id
    }

    /// A C array of C strings, for the caller to free.
    private static func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        texts.map { strdup($0) } + [nil]
    }

    /// Signals as a fresh process has them, and a process group of its own, so that Ctrl-C in
    /// a terminal reaches the server alone, which then stops the child in order.
    private static func prepare(_ attributes: inout posix_spawnattr_t) throws {
        posix_spawnattr_init(&attributes)
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(flags))
    }
}

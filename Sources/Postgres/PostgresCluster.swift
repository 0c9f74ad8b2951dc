import CPostgres
import ChromaModel
import Glibc
import Platform

/// The files of the embedded server, below the product's data directory.
struct PostgresCluster: Sendable {
    /// Files of output beyond this size are set aside when the server starts.
    private static let logBytesMax: UInt64 = 8 << 20
    /// How much of the output an error quotes.
    private static let tailBytes = 1500
    private static let initialiseSeconds = 300

    let root: String
    let user: ServerUser
    let fileSystem: any FileSystem

    var directory: String { root + "/postgres" }
    var logPath: String { root + "/postgres.log" }
    var socketRecordPath: String { root + "/postgres.socketdir" }

    /// How the child names its directory. A child of another user reaches it through the
    /// descriptor it inherits, since the directories above may be closed to that user.
    var directoryArgument: String {
        user.isDropped ? "/proc/self/fd/\(ChildProcess.directoryDescriptor)" : directory
    }

    /// The version that made the cluster; nil when there is none yet.
    func majorVersion() throws -> Int? {
        let path = directory + "/PG_VERSION"
        guard try fileSystem.exists(path) else { return nil }
        let text = String(decoding: try fileSystem.readAll(path), as: UTF8.self)
        return Int(text.prefix(while: \.isNumber))
    }

    /// Makes the cluster aside and moves it into place, so that a crash leaves no half of one.
    /// One sync of the file system takes the place of initdb's of each of a thousand files, and
    /// its log goes in files of 1 MB: little is written to it.
    /// C collation does not change with the C library; trust is for whoever may enter the
    /// socket's directory, which is this user alone.
    func initialise(with binaries: PostgresBinaries) async throws {

        let draftDirectory = directory + ".new"
        try fileSystem.removeTree(draftDirectory)
        try fileSystem.createDirectory(draftDirectory)
        guard chown(draftDirectory, user.id, user.group) == 0 else {
            throw FileError("chown", draftDirectory, errno)
        }
        let target = user.isDropped ? directoryArgument : draftDirectory
        let child = try await ChildProcess.spawn(
            ChildProcess.Command(
                arguments: user.launcher + [
                    binaries.initdb, "-D", target, "--no-locale", "--encoding=UTF8",
                    "--auth=trust", "--username=\(EmbeddedPostgres.name)", "--no-instructions",
                    "--no-sync", "--wal-segsize=1",
                ], outputPath: logPath, directoryPath: draftDirectory))
        guard await child.wait(seconds: Self.initialiseSeconds) == 0 else {
            child.signal(SIGKILL)
            throw failure("initdb failed")
        }
        try syncFileSystem(of: draftDirectory)
        try fileSystem.rename(draftDirectory, to: directory)
        try fileSystem.syncDirectory(root)
    }

    /// Returns when everything on the path's file system is on the disk.
    private func syncFileSystem(of path: String) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path, errno) }
        defer { close(descriptor) }
        guard syncfs(descriptor) == 0 else { throw FileError("syncfs", path, errno) }
    }

    /// Throws `failedPrecondition` when another user than the one it would run as owns it.
    func checkOwner() throws {
        var status = stat()
        guard stat(directory, &status) == 0, status.st_uid != user.id else { return }
        throw ServiceError(
            .failedPrecondition,
            "\(directory) belongs to user \(status.st_uid), but PostgreSQL would run as user"
                + " \(user.id): start as before, or chown -R it.")
    }

    func setAsideLongLog() throws {
        guard try fileSystem.exists(logPath) else { return }
        let file = try fileSystem.open(logPath, .readOnly)
        defer { file.close() }
        if try file.size() > Self.logBytesMax {
            try fileSystem.rename(logPath, to: logPath + ".1")
        }
    }

    /// An error that quotes the end of the server's own output.
    func failure(_ what: String) -> ServiceError {
        ServiceError(
            .unavailable, "The embedded PostgreSQL: \(what). Its log \(logPath) ends:\n\(logTail())"
        )
    }

    func logTail() -> String {
        let bytes = (try? fileSystem.readAll(logPath)) ?? []
        return String(decoding: bytes.suffix(Self.tailBytes), as: UTF8.self)
    }
}

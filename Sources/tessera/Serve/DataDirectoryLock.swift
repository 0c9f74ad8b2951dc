import ChromaModel
import Glibc
import Platform

/// Keeps a data directory to one server. The kernel drops the lock when the process ends,
/// however it ends, so a killed server leaves nothing to clean up.
final class DataDirectoryLock: Sendable {
    private let descriptor: Int32

    /// Throws `failedPrecondition` when another process holds the directory.
    init(_ directory: DataDirectory) throws {
        // Without O_CLOEXEC the children would hold the lock after this process is gone.
        descriptor = open(directory.lockFile, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.unusable(directory) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.holder(descriptor)
            close(descriptor)
            throw Self.taken(directory, by: holder)
        }
        write(Array("\(getpid())\n".utf8))
    }

    func release() { close(descriptor) }

    /// The process id is only for the message of whoever comes second.
    private func write(_ bytes: [UInt8]) {
        ftruncate(descriptor, 0)
        _ = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    private static func holder(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        let digits = bytes.prefix(max(count, 0)).prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty else { return "another process" }
        return "process \(String(decoding: digits, as: UTF8.self))"
    }

    private static func taken(_ directory: DataDirectory, by holder: String) -> ServiceError {
        ServiceError(
            .failedPrecondition,
            """
            The data directory \(directory.path) is in use by \(holder): \
            stop that first, or name another directory with --data-dir.
            """)
    }

    private static func unusable(_ directory: DataDirectory) -> ServiceError {
        ServiceError(
            .invalidArgument,
            "\(directory.lockFile) can't be opened; let this user write to the data directory.",
            cause: FileError("open", directory.lockFile, errno))
    }
}

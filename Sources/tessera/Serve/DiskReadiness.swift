import ChromaModel
import Glibc
import NIOPosix

/// Whether an engine can write: its directory may be written to, and its disk has room.
struct DiskReadiness: Sendable {
    /// Room below which an engine isn't ready: a file of a tenant's log, as large as by default.
    static let freeBytesMin: UInt64 = 64 << 20

    let data: DataDirectory

    /// - Throws: `unavailable`, which says what is missing.
    func check() async throws {
        // A disk that hangs holds up a thread that is there for that.
        try await NIOThreadPool.singleton.runIfActive { try checkBlocking() }
    }

    private func checkBlocking() throws(ServiceError) {
        // Nothing of it is told but that: the probe needs no token.
        guard access(directory, W_OK) == 0 else {
            throw ServiceError(
                .unavailable,
                "The data directory can't be written to; see its owner and how it is mounted.")
        }
        var disk = statvfs()
        guard statvfs(directory, &disk) == 0 else {
            throw ServiceError(.unavailable, "The data directory's disk doesn't answer.")
        }
        let free = UInt64(disk.f_bavail) * UInt64(disk.f_frsize)
        guard free >= Self.freeBytesMin else {
            throw ServiceError(
                .unavailable,
                """
                The data directory's disk has \(free >> 20) MiB left, less than \
                \(Self.freeBytesMin >> 20); make room.
                """)
        }
    }

    /// Of the tenants, which the first one makes; it may be a disk of its own.
    private var directory: String {
        access(data.tenants, F_OK) == 0 ? data.tenants : data.path
    }
}

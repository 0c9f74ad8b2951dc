import ChromaModel
import NIOPosix
import Platform
import TenantStorage

/// The threads on which backups are written, read and compared: one more for a restore that must
/// not wait for a long backup. They live as long as the process.
enum BackupThreads {
    private static let threadCount = 2
    private static let pool = {
        let pool = NIOThreadPool(numberOfThreads: threadCount)
        pool.start()
        return pool
    }()

    /// Runs work that waits for the disk or takes long.
    ///
    /// - Throws: `ServiceError`, whatever the work throws.
    static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value)
        async throws -> Value
    {
        do { return try await pool.runIfActive(work) } catch {
            throw ServiceError(ofDisk: error)
        }
    }
}

extension ServiceError {
    fileprivate init(ofDisk error: any Error) {
        switch error {
        case let error as ServiceError: self = error
        case let error as FileError: self = .diskRefused(error)
        case StorageError.file(let error): self = .diskRefused(error)
        case let error as StorageError:
            self.init(
                .failedPrecondition,
                "The tenant's files are damaged: \(error). Stop the server and run tessera scrub.",
                cause: error)
        default:
            self.init(.unavailable, "It was cut short: \(error). Try again.", cause: error)
        }
    }

    private static func diskRefused(_ error: FileError) -> ServiceError {
        ServiceError(
            error.isOutOfSpace ? .insufficientStorage : .unavailable,
            "The disk refused: \(error). Try again when it is well.", cause: error)
    }
}

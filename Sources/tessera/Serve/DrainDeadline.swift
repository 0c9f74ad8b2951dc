import Glibc
import Logging

/// Ends the process when a drain does not: a search that runs on a thread can't be cut off.
///
/// Nothing acknowledged is lost by it; the logs of the tenants are synced before each answer.
struct DrainDeadline: Sendable {
    let seconds: Int
    let database: ControlDatabase?
    let logger: Logger

    /// From now on the process has this long to end by itself.
    func begin() {
        Task.detached {
            try await Task.sleep(for: .seconds(seconds))
            logger.error(
                "requests are still running and are cut off",
                metadata: ["after_seconds": "\(seconds)"])
            await database?.stopAbruptly()
            _exit(EXIT_FAILURE)
        }
    }
}

import Logging
import Postgres

/// Removes from time to time what nobody needs any more: old changes of the epoch log, and rows of
/// processes that have said nothing for a day.
struct NodePruner: Sendable {
    private static let intervalSeconds = 3600

    let pool: PostgresPool
    let logger: Logger

    /// Runs until cancelled. What fails is tried again. Waits first: after an outage of PostgreSQL
    /// processes that were silent may still believe what they knew, for some seconds.
    func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(Self.intervalSeconds))
            guard !Task.isCancelled else { return }
            do { try await prune() } catch {
                logger.warning(
                    "what is forgotten couldn't be removed", metadata: ["error": "\(error)"])
            }
        }
    }

    func prune() async throws {
        try await NodeStore.removeForgotten(in: pool)
        try await EpochLog.prune(in: pool)
    }
}

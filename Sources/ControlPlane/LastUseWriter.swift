import Access
import Directory
import Logging
import Postgres

/// Writes down once a minute when tokens were last used: a write for every request would cost more
/// than the request, and two for one token could wait for each other.
struct LastUseWriter: Sendable {
    static let intervalSeconds = 60
    /// Rows in one statement.
    private static let batchSize = 1000

    let uses: LastUses
    let pool: PostgresPool
    let logger: Logger

    /// Runs until cancelled.
    func run() async {
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: .seconds(Self.intervalSeconds))
            } catch {
                return
            }
            await write()
        }
    }

    /// Writes what was noted; what can't be written is noted again, for the next time.
    func write() async {
        let noted = uses.take()
        for start in stride(from: 0, to: noted.count, by: Self.batchSize) {
            let batch = noted[start..<min(start + Self.batchSize, noted.count)]
            do {
                try await TokenUseStore.record(Array(batch), in: pool)
            } catch {
                for use in batch { uses.note(use.keyID, atMilliseconds: use.milliseconds) }
                logger.warning(
                    "when tokens were last used is not written yet",
                    metadata: ["error": "\(error)"])
            }
        }
    }
}

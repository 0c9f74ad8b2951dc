import Logging
import Platform
import Postgres

/// Follows the epoch log and keeps the cache honest about other processes' changes.
///
/// It listens for the database's hint and polls besides, since a hint may be lost.
struct EpochTail: Sendable {
    private static let pollMilliseconds: Int32 = 250

    let pool: PostgresPool
    let cache: DirectoryCache
    let time: any TimeSource
    let logger: Logger

    /// Runs until cancelled; a lost session is replaced.
    func run() async throws {
        while !Task.isCancelled {
            do {
                try await pool.withConnection(follow)
            } catch is CancellationError {
                break
            } catch {
                logger.warning("cannot follow the epoch log", metadata: ["error": "\(error)"])
                // Cancelled in here, the loop ends as it does elsewhere: that is no failure.
                try? await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
            }
        }
    }

    /// Listens first and reads then, so that nothing falls between the two. What was cached
    /// before is forgotten, because changes since are not known.
    @Sendable
    private func follow(_ connection: PostgresConnection) async throws {
        // Listening sticks to the session, so it must not serve anyone else afterwards.
        defer { connection.close() }
        try await connection.runScript("LISTEN \(EpochLog.channel)")
        var applied = try await EpochLog.newest(in: connection)
        cache.invalidate(.reset)
        while !Task.isCancelled {
            applied = try await catchUp(from: applied, connection)
            _ = try await connection.notifications(timeoutMilliseconds: Self.pollMilliseconds)
        }
    }

    private func catchUp(from epoch: Int64, _ connection: PostgresConnection) async throws -> Int64
    {
        var applied = epoch
        while true {
            let began = time.monotonicNanoseconds()
            let changes = try await EpochLog.changes(after: applied, in: connection)
            for change in changes {
                cache.invalidate(change.change)
                applied = change.epoch
            }
            if changes.count < EpochLog.batchSize {
                cache.trust(fromNanoseconds: began)
                return applied
            }
        }
    }
}

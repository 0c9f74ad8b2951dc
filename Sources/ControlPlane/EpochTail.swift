import Directory
import Logging
import Platform
import Postgres
import Synchronization

/// Follows the epoch log, keeps the cache honest about other processes' changes, and feeds those
/// who follow this process.
///
/// It listens for the database's hint and polls besides, since a hint may be lost. While there is
/// no PostgreSQL nothing is committed, so what was known stays true; ARCHITECTURE.md says what
/// proves that.
final class EpochTail: Sendable {
    private static let pollMilliseconds: Int32 = 250

    private struct Progress {
        /// nil: nothing is known of the log yet.
        var applied: Int64?
        var knownNanoseconds: UInt64 = 0
    }

    let pool: PostgresPool
    let cache: DirectoryCache
    let feed: ConfigFeed
    let time: any TimeSource
    let logger: Logger
    private let stabilityNanoseconds: UInt64
    private let progress = Mutex(Progress())

    /// - Parameter stabilitySeconds: how long what was known is served while PostgreSQL is down.
    init(
        pool: PostgresPool, cache: DirectoryCache, feed: ConfigFeed, time: any TimeSource,
        stabilitySeconds: Int, logger: Logger
    ) {
        self.pool = pool
        self.cache = cache
        self.feed = feed
        self.time = time
        self.logger = logger
        stabilityNanoseconds = UInt64(max(stabilitySeconds, 0)) * 1_000_000_000
    }

    /// Runs until cancelled; a lost session is replaced.
    func run() async throws {
        while !Task.isCancelled {
            do {
                try await pool.withConnection(follow)
            } catch is CancellationError {
                break
            } catch {
                logger.warning("cannot follow the epoch log", metadata: ["error": "\(error)"])
                if (error as? PostgresError)?.provesAbsence ?? false { vouch() }
                // Cancelled in here, the loop ends as it does elsewhere: that is no failure.
                try? await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
            }
        }
    }

    /// Listens first and reads then, so that nothing falls between the two.
    @Sendable
    private func follow(_ connection: PostgresConnection) async throws {
        // Listening sticks to the session, so it must not serve anyone else afterwards.
        defer { connection.close() }
        try await connection.runScript("LISTEN \(EpochLog.channel)")
        try await begin(connection)
        while !Task.isCancelled {
            try await catchUp(connection)
            _ = try await connection.notifications(timeoutMilliseconds: Self.pollMilliseconds)
        }
    }

    /// At the start, and when the log is shorter than it was, nothing is known of what came
    /// before. Otherwise it goes on where it was, and the log says what happened meanwhile.
    private func begin(_ connection: PostgresConnection) async throws {
        let newest = try await EpochLog.newest(in: connection)
        let isKnown = progress.withLock { progress in
            if let applied = progress.applied, applied <= newest { return true }
            progress.applied = newest
            return false
        }
        guard !isKnown else { return }
        cache.invalidate(.reset)
        feed.begin(at: newest)
    }

    private func catchUp(_ connection: PostgresConnection) async throws {
        while true {
            let began = time.monotonicNanoseconds()
            let applied = progress.withLock { $0.applied ?? 0 }
            let changes = try await EpochLog.changes(after: applied, in: connection)
            // The cache first: who hears of a change from the feed and asks gets the new state.
            for change in changes { cache.invalidate(change.change) }
            feed.append(changes)
            if let last = changes.last { progress.withLock { $0.applied = last.epoch } }
            guard changes.count < EpochLog.batchSize else { continue }
            progress.withLock { $0.knownNanoseconds = began }
            cache.trust(fromNanoseconds: began)
            feed.complete(atNanoseconds: began)
            return
        }
    }

    /// PostgreSQL is not there: whoever would change something finds the same.
    private func vouch() {
        let now = time.monotonicNanoseconds()
        let known = progress.withLock { $0.applied == nil ? nil : $0.knownNanoseconds }
        guard let known, now < known + stabilityNanoseconds else { return }
        cache.trust(fromNanoseconds: now)
        feed.vouch(atNanoseconds: now)
    }
}

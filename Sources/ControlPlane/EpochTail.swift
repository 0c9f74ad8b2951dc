import ChromaModel
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
    private static let retryMilliseconds = 250

    private struct Progress {
        /// nil: nothing is known of the log yet.
        var applied: Int64?
        var knownNanoseconds: UInt64 = 0
    }

    let pool: PostgresPool
    let cache: DirectoryCache
    let feed: ConfigFeed
    let membership: Membership
    let time: any TimeSource
    let logger: Logger
    private let stabilityNanoseconds: UInt64
    private let progress = Mutex(Progress())
    private let outage: Outage

    /// - Parameter stabilitySeconds: how long what was known is served while PostgreSQL is down.
    init(
        pool: PostgresPool, cache: DirectoryCache, feed: ConfigFeed, membership: Membership,
        time: any TimeSource, stabilitySeconds: Int, logger: Logger
    ) {
        self.pool = pool
        self.cache = cache
        self.feed = feed
        self.membership = membership
        self.time = time
        self.logger = logger
        outage = Outage(logger: logger)
        stabilityNanoseconds = UInt64(max(stabilitySeconds, 0)) * 1_000_000_000
    }

    /// Runs until cancelled; a lost session is replaced. Throws `failedPrecondition` when this
    /// process has no place among those of its database.
    func run() async throws {
        defer { membership.end() }
        while !Task.isCancelled {
            do {
                try await pool.withConnection(follow)
            } catch is CancellationError {
                break
            } catch let error as ServiceError where error.code == .failedPrecondition {
                throw error
            } catch {
                membership.lose()
                outage.begins(error)
                if (error as? PostgresError)?.provesAbsence ?? false { vouch() }
                // Cancelled in here, the loop ends as it does elsewhere: that is no failure.
                try? await Task.sleep(for: .milliseconds(Self.retryMilliseconds))
            }
        }
    }

    /// Listens first and reads then, so that nothing falls between the two.
    @Sendable
    private func follow(_ connection: PostgresConnection) async throws {
        // Listening sticks to the session, so it must not serve anyone else afterwards.
        defer { connection.close() }
        try await connection.runScript("LISTEN \(EpochLog.channel)")
        try await membership.begin(connection)
        try await begin(connection)
        outage.ends()
        while !Task.isCancelled {
            try await catchUp(connection)
            let applied = progress.withLock { $0.applied ?? 0 }
            try await membership.turn(applied, connection)
            _ = try await connection.notifications(
                timeoutMilliseconds: membership.pause(applied))
        }
    }

    /// At the start, when the log is shorter than it was, and when it doesn't reach back any more
    /// to where this was, nothing is known of what came before. Otherwise it goes on where it was,
    /// and the log says what happened meanwhile.
    private func begin(_ connection: PostgresConnection) async throws {
        let oldest = try await EpochLog.oldest(in: connection)
        let newest = try await EpochLog.newest(in: connection)
        let applied = progress.withLock { $0.applied }
        if let applied, applied <= newest, applied + 1 >= oldest { return }
        beginAnew(at: newest)
    }

    private func beginAnew(at epoch: Int64) {
        progress.withLock { $0.applied = epoch }
        cache.invalidate(.reset)
        feed.begin(at: epoch)
    }

    private func catchUp(_ connection: PostgresConnection) async throws {
        while true {
            let began = time.monotonicNanoseconds()
            let applied = progress.withLock { $0.applied ?? 0 }
            let changes = try await EpochLog.changes(after: applied, in: connection)
            // Numbers have no gaps: what is missing was removed while this process slept.
            if let first = changes.first, first.epoch > applied + 1 {
                beginAnew(at: first.epoch)
                continue
            }
            // The cache first: who hears of a change from the feed and asks gets the new state.
            for change in changes { cache.invalidate(change.change) }
            feed.append(changes)
            if let last = changes.last { progress.withLock { $0.applied = last.epoch } }
            guard changes.count < EpochLog.batchSize else { continue }
            // Others wait no longer for this process than it has told them that it is there.
            let known = membership.bounded(began)
            progress.withLock { $0.knownNanoseconds = known }
            cache.trust(fromNanoseconds: known)
            feed.complete(atNanoseconds: known)
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

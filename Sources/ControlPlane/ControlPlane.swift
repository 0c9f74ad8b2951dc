import Access
import ChromaModel
import Directory
import Logging
import Platform
import Postgres
import ServiceLifecycle
import TenantEngine

/// The owner of tenants, databases and tokens, and the only one who talks to PostgreSQL.
///
/// Reads of the directory come from a cache that follows the epoch log while `run()` runs, and
/// from the database otherwise. All calls throw `ServiceError`.
package final class ControlPlane: TenantDirectory, Service {
    let pool: PostgresPool
    let engines: any EngineClient
    let hasher: TokenHasher
    let time: any TimeSource
    let random: any RandomSource
    let logger: Logger
    let cache: DirectoryCache
    let ids: IDGenerator
    let allowsInsecureIssuers: Bool
    /// Is told by authenticators when tokens are used.
    package let uses = LastUses()
    /// Of new tenants, unless they are made on another.
    package let defaultPlan: Plan
    let undeleteDays: Int
    /// The changes of the directory, for the nodes that follow it here.
    package let feed = ConfigFeed()
    /// Those nodes.
    package let nodes: NodeRegistry
    /// This process among the control planes of its database.
    let membership: Membership
    private let stabilitySeconds: Int

    /// How long a deleted tenant can be undeleted, unless it is said otherwise.
    package static let undeleteDaysDefault = 7

    /// - Parameters:
    ///   - pool: two sessions or more, one of which follows the epoch log.
    ///   - allowsInsecureIssuers: for development: issuers' keys over plain HTTP.
    ///   - defaultPlan: of new tenants.
    ///   - undeleteDays: how long a deleted tenant is kept before it is purged.
    ///   - node: who this process is; nil for one whose name is nobody's business.
    ///   - staticStabilitySeconds: how long what is known is served while PostgreSQL is down.
    package init(
        pool: PostgresPool, engines: any EngineClient, peppers: Peppers, time: any TimeSource,
        random: any RandomSource, logger: Logger, allowsInsecureIssuers: Bool = false,
        defaultPlan: Plan = .selfHosted, undeleteDays: Int = ControlPlane.undeleteDaysDefault,
        staticStabilitySeconds: Int = 0, node: ControlNode? = nil
    ) {
        self.pool = pool
        self.defaultPlan = defaultPlan
        self.engines = engines
        hasher = TokenHasher(peppers: peppers)
        self.time = time
        self.random = random
        self.logger = logger
        cache = DirectoryCache(time: time)
        ids = IDGenerator(time: time, random: random)
        self.allowsInsecureIssuers = allowsInsecureIssuers
        self.undeleteDays = undeleteDays
        nodes = NodeRegistry(time: time)
        membership = Membership(
            of: node ?? .nameless(peppers, random), registry: nodes, time: time)
        stabilitySeconds = staticStabilitySeconds
    }

    /// Follows other processes' changes, writes down when tokens were used, purges what was deleted
    /// long enough ago and folds usage, until cancelled or shut down.
    package func run() async throws {
        let tail = EpochTail(
            pool: pool, cache: cache, feed: feed, membership: membership, time: time,
            stabilitySeconds: stabilitySeconds, logger: logger)
        let writer = LastUseWriter(uses: uses, pool: pool, logger: logger)
        let purger = TenantPurger(controlPlane: self, logger: logger)
        let pruner = NodePruner(pool: pool, logger: logger)
        let folder = UsageFolder(controlPlane: self, time: time, logger: logger)
        try await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await tail.run() }
                tasks.addTask { await writer.run() }
                tasks.addTask { await purger.run() }
                tasks.addTask { await folder.run() }
                tasks.addTask { await pruner.run() }
                // Without waiting for the others, which have no end of their own.
                while try await tasks.next() != nil {}
            }
        }
        await writer.write()
        await leave()
    }

    /// Throws `unavailable` unless PostgreSQL answers.
    package func checkReady() async throws {
        _ = try await translatingErrors { try await pool.query("SELECT 1") }
    }
}

extension ControlPlane {
    /// How often a transaction that lost against another is run again.
    private static let attemptsMax = 3

    /// Runs a transaction that changes the directory: the change is logged in it, with the event
    /// of the admin call that asked for it, and this process's cache has forgotten the old state
    /// when the call returns.
    func commit<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresTransaction) async throws -> (Value, DirectoryChange)
    ) async throws -> Value {
        try await numberedCommit(body).value
    }

    /// As `commit`, for what takes something away: when it returns every node has carried it out,
    /// or lets nobody in any more. The admin call knows which those are.
    func commitEverywhere<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresTransaction) async throws -> (Value, DirectoryChange)
    ) async throws -> Value {
        let (value, epoch) = try await numberedCommit(body)
        async let here = nodes.confirm(epoch).lapsed
        async let elsewhere = membership.confirm(epoch)
        let lapsed = try await here + elsewhere
        if !lapsed.isEmpty {
            AdminCall.current?.note(lapsedNodes: lapsed)
            logger.warning(
                "nodes did not confirm a change; their authority has run out",
                metadata: ["epoch": "\(epoch)", "nodes": "\(lapsed.joined(separator: ", "))"])
        }
        return value
    }

    private func numberedCommit<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresTransaction) async throws -> (Value, DirectoryChange)
    ) async throws -> (value: Value, epoch: Int64) {
        let point = CommitPoint()
        do {
            let (value, change, epoch) = try await run(body, point)
            AdminCall.current?.markRecorded()
            feed.committed(epoch)
            cache.invalidate(change)
            return (value, epoch)
        } catch {
            let error = ServiceError(translating: error)
            if point.isReached, Self.mayHaveCommitted(error) {
                cache.invalidate(.reset)
                feed.reset()
            }
            throw error
        }
    }

    /// Runs a logged transaction, and again when it lost against another.
    private func run<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresTransaction) async throws -> (Value, DirectoryChange),
        _ point: CommitPoint
    ) async throws -> (Value, DirectoryChange, Int64) {
        var attempt = 1
        while true {
            do {
                return try await pool.transaction { transaction in
                    let (value, change) = try await body(transaction)
                    try await AdminCall.current?.recordSuccess(at: self.time, in: transaction)
                    let epoch = try await EpochLog.append(change, in: transaction)
                    point.reach()
                    return (value, change, epoch)
                }
            } catch let error as PostgresError
                where error.isRetryable && attempt < Self.attemptsMax
            {
                attempt += 1
            }
        }
    }

    private static func mayHaveCommitted(_ error: ServiceError) -> Bool {
        [.unavailable, .deadlineExceeded, .internalError].contains(error.code)
    }
}

extension ControlPlane {
    /// Runs the body with no tenant's rows in reach but that one's; nil reaches all.
    package func confined<Value>(
        to tenant: TenantID?, _ body: () async throws -> Value
    ) async rethrows -> Value {
        try await TenantFence.around(tenant?.uuid, body)
    }

    /// What the cache knows, or what is loaded into it: for everybody, so by no tenant's eyes.
    func known<Key: Hashable & Sendable, Value: Sendable>(
        _ key: Key, in table: CacheTable<Key, Value>,
        load: () async throws -> Value?
    ) async throws -> Value? {
        try await cache.value(key, in: table) { try await TenantFence.around(nil, load) }
    }
}

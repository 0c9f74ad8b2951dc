import ChromaModel
import Directory
import Platform
import Postgres
import Synchronization

/// This process among those that share its database: says every second that it is there and how
/// far it has followed the epoch log, and looks how far the others have.
///
/// All of it goes over the session that follows the log, so that words and looks come in one
/// order with what is read there, and a session that ends is noticed.
final class Membership: Sendable {
    private static let beatNanoseconds: UInt64 = 1_000_000_000
    /// How long a change waits for PostgreSQL to come back and tell what became of the others.
    private static let patienceNanoseconds: UInt64 = 15_000_000_000
    /// How long the tail sleeps at most while somebody waits for a look, and otherwise.
    private static let busyMilliseconds: Int32 = 10
    private static let idleMilliseconds: Int32 = 250

    private struct State {
        var watch = PeerWatch()
        /// What `peers` says: as it was when PostgreSQL was last there.
        var peers = (frontends: 0, count: 0)
        /// When the last word was sent; nil before the first.
        var beatNanoseconds: UInt64?
        var beatenEpoch: Int64 = 0
        /// Whether somebody follows the log here.
        var isFollowing = false
        var waiting = 0
    }

    let node: ControlNode
    private let registry: NodeRegistry
    private let time: any TimeSource
    private let state = Mutex(State())
    private let waiters = Waiters()

    init(of node: ControlNode, registry: NodeRegistry, time: any TimeSource) {
        self.node = node
        self.registry = registry
        self.time = time
    }

    /// How many frontends other processes have, and how many processes they are, as far as was last
    /// seen.
    var peers: (frontends: Int, count: Int) { state.withLock { $0.peers } }

    /// From now on changes wait for whoever follows the log here.
    func expect() { state.withLock { $0.isFollowing = true } }

    /// Up to when what was known at a time may be believed: never past what was sent for it.
    func bounded(_ known: UInt64) -> UInt64 {
        state.withLock { min(known, $0.beatNanoseconds ?? 0) }
    }
}

// Whoever follows the log.
extension Membership {
    /// The session has begun. Throws `failedPrecondition` when this process has no place here.
    func begin(_ connection: PostgresConnection) async throws {
        state.withLock { state in
            state.isFollowing = true
            state.watch.reset()
        }
        let sent = time.monotonicNanoseconds()
        let peers = try await NodeStore.beat(
            node, appliedEpoch: 0, frontends: ownFrontends, in: connection)
        if peers == nil { try await rejoin(connection) }
        state.withLock { state in
            state.beatNanoseconds = sent
            state.beatenEpoch = 0
        }
    }

    /// Looks, and says a word first if one is due.
    func turn(_ applied: Int64, _ connection: PostgresConnection) async throws {
        let confirmed = registry.confirmed(upTo: applied)
        let sent = time.monotonicNanoseconds()
        let (isNews, isTime) = state.withLock { state in
            let isNews = state.watch.count > 0 && confirmed != state.beatenEpoch
            let isTime = sent >= (state.beatNanoseconds ?? 0) + Self.beatNanoseconds
            return (isNews, isTime)
        }
        let isDue = isNews || isTime
        let peers =
            isDue
            ? try await NodeStore.beat(
                node, appliedEpoch: confirmed, frontends: ownFrontends, wakesPeers: isNews,
                in: connection)
            : try await NodeStore.peers(of: node, in: connection)
        guard let peers else {
            throw ServiceError(.unavailable, "This process is not registered any more.")
        }
        take(peers, applied, beat: isDue ? (sent, confirmed) : nil)
    }

    /// How long the tail may sleep: less while it, or somebody it tells, is waited for.
    func pause(_ applied: Int64) -> Int32 {
        let isBehind = registry.confirmed(upTo: applied) < applied
        return state.withLock { state in
            let isWaitedFor = state.waiting > 0 || (isBehind && state.watch.count > 0)
            return isWaitedFor ? Self.busyMilliseconds : Self.idleMilliseconds
        }
    }

    /// The session is over.
    func lose() { state.withLock { $0.watch.reset() } }

    /// Nobody follows the log here any more.
    func end() {
        state.withLock { $0.isFollowing = false }
        waiters.wakeAll()
    }

    private var ownFrontends: Int {
        registry.count(of: .frontend) + (node.roles.contains(.frontend) ? 1 : 0)
    }

    private func rejoin(_ connection: PostgresConnection) async throws {
        let boot = try await NodeStore.bootID(of: node, in: connection)
        guard boot == nil || boot == node.bootID else {
            throw ServiceError(
                .failedPrecondition,
                """
                Another process has registered with this data directory's id: its node-id was \
                copied. Remove that file from the copy, and start both again.
                """)
        }
        try await connection.transaction { try await NodeStore.join(self.node, in: $0) }
    }

    private func take(_ peers: [Peer], _ applied: Int64, beat: (sent: UInt64, epoch: Int64)?) {
        let now = time.monotonicNanoseconds()
        state.withLock { state in
            state.watch.observe(peers, at: applied, nowNanoseconds: now)
            state.peers = (state.watch.frontends(nowNanoseconds: now), peers.count)
            guard let beat else { return }
            state.beatNanoseconds = beat.sent
            state.beatenEpoch = beat.epoch
        }
        waiters.wakeAll()
    }
}

// Whoever has changed something.
extension Membership {
    /// Returns when every other process has followed up to a change, or lets nobody in any more;
    /// the names of the latter.
    ///
    /// Throws `unavailable` when PostgreSQL went away meanwhile and nobody can say.
    func confirm(_ epoch: Int64) async throws -> [String] {
        let began = time.monotonicNanoseconds()
        state.withLock { $0.waiting += 1 }
        defer { state.withLock { $0.waiting -= 1 } }
        while true {
            let now = time.monotonicNanoseconds()
            let (standing, isFollowing) = state.withLock {
                ($0.watch.standing(of: epoch, nowNanoseconds: now), $0.isFollowing)
            }
            if case .done(let lapsed) = standing { return lapsed }
            if !isFollowing || Task.isCancelled { return [] }
            guard now < began + Self.patienceNanoseconds else { throw Self.unknownOutcome }
            await waiters.wait(milliseconds: Int(Self.busyMilliseconds))
        }
    }

    private static var unknownOutcome: ServiceError {
        ServiceError(
            .unavailable,
            """
            The change is made, but PostgreSQL went away before it was known whether the other \
            servers carry it out; call again when it is back.
            """)
    }
}

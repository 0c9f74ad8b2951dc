import ChromaModel
import Platform
import Synchronization

/// A process of the installation, as it made itself known.
package struct NodeIdentity: Sendable, Hashable {
    /// Longest id, in bytes.
    package static let idBytesMax = 128

    /// Stays the same through restarts.
    package let id: String
    /// Another one for every start.
    package let bootID: UniqueID
    package let roles: Set<NodeRole>

    package init(id: String, bootID: UniqueID, roles: Set<NodeRole>) {
        self.id = id
        self.bootID = bootID
        self.roles = roles
    }
}

/// The nodes that hang on this control plane: how far each has followed the directory, and until
/// when it believes what it knows.
package final class NodeRegistry: Sendable {
    /// What became of a change at the nodes.
    package struct Confirmation: Sendable, Equatable {
        /// Nodes that never said so, but whose authority has run out: they let nobody in.
        package let lapsed: [String]

        package init(lapsed: [String]) { self.lapsed = lapsed }
    }

    fileprivate struct Node {
        var identity: NodeIdentity
        var appliedEpoch: Int64 = 0
        var leaseEndsNanoseconds: UInt64
    }

    fileprivate struct State {
        var nodes: [String: Node] = [:]
        /// Nobody can have believed an earlier process of this control plane for longer.
        var strangersUntilNanoseconds: UInt64 = 0
    }

    private static let leaseNanoseconds = DirectoryCache.trustSeconds * 1_000_000_000
    /// How often who waits looks whether a lease has run out.
    private static let pollMilliseconds = 10

    private let state = Mutex(State())
    private let waiters = Waiters()
    private let time: any TimeSource

    package init(time: any TimeSource) { self.time = time }

    /// Nodes will be able to reach this process; until then nobody knows what they believe.
    package func expect() {
        state.withLock { $0.strangersUntilNanoseconds = .max }
    }

    /// From now on nodes can reach this process. Nodes of an earlier one, which took it for dead,
    /// go on for a lease at the longest before they come here or refuse everyone.
    package func open() {
        let now = time.monotonicNanoseconds()
        state.withLock { $0.strangersUntilNanoseconds = now + Self.leaseNanoseconds }
    }

    /// A node is there. What it was before its restart is over.
    package func register(_ identity: NodeIdentity) {
        let now = time.monotonicNanoseconds()
        state.withLock { state in
            let known = state.nodes[identity.id]
            let epoch = known?.identity.bootID == identity.bootID ? known?.appliedEpoch ?? 0 : 0
            state.nodes[identity.id] = Node(
                identity: identity, appliedEpoch: epoch,
                leaseEndsNanoseconds: now + Self.leaseNanoseconds)
        }
    }

    /// A word of a node came, and will be answered: it believes what it knows for a lease from
    /// then on at the longest. Returns false for a node that isn't registered.
    package func note(_ id: String, bootID: UniqueID, appliedEpoch: Int64) -> Bool {
        let now = time.monotonicNanoseconds()
        let isKnown = state.withLock { state in
            guard var node = state.nodes[id], node.identity.bootID == bootID else { return false }
            node.appliedEpoch = max(node.appliedEpoch, appliedEpoch)
            node.leaseEndsNanoseconds = now + Self.leaseNanoseconds
            state.nodes[id] = node
            return true
        }
        if isKnown { waiters.wakeAll() }
        return isKnown
    }

    /// How many nodes of a role there are that have said something lately.
    package func count(of role: NodeRole) -> Int {
        let now = time.monotonicNanoseconds()
        return state.withLock { state in
            state.nodes.values.count {
                $0.identity.roles.contains(role) && now < $0.leaseEndsNanoseconds
            }
        }
    }

    /// Up to which change every node has followed, or lets nobody in any more: the given one, or
    /// less.
    package func confirmed(upTo epoch: Int64) -> Int64 {
        let now = time.monotonicNanoseconds()
        return state.withLock { state in
            guard now >= state.strangersUntilNanoseconds else { return 0 }
            let believing = state.nodes.values.filter {
                $0.identity.roles.contains(.frontend) && now < $0.leaseEndsNanoseconds
            }
            return believing.reduce(epoch) { min($0, $1.appliedEpoch) }
        }
    }

    /// Returns when every node has followed up to an epoch, or lets nobody in any more.
    package func confirm(_ epoch: Int64) async -> Confirmation {
        while true {
            let now = time.monotonicNanoseconds()
            let (isDone, lapsed) = state.withLock { $0.standing(epoch, now) }
            if isDone || Task.isCancelled { return Confirmation(lapsed: lapsed) }
            await waiters.wait(milliseconds: Self.pollMilliseconds)
        }
    }
}

extension NodeRegistry.State {
    fileprivate func standing(_ epoch: Int64, _ now: UInt64) -> (isDone: Bool, lapsed: [String]) {
        let behind = nodes.values.filter {
            $0.identity.roles.contains(.frontend) && $0.appliedEpoch < epoch
        }
        let lapsed = behind.filter { $0.leaseEndsNanoseconds <= now }.map(\.identity.id).sorted()
        let isDone = lapsed.count == behind.count && now >= strangersUntilNanoseconds
        return (isDone, lapsed)
    }
}

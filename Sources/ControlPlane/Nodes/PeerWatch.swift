import Directory

/// What this process has seen of its peers, and whether they have followed a change. Pure.
///
/// A peer believes what it knows for `DirectoryCache.trustSeconds` after its last word was sent, or
/// after PostgreSQL last refused it. So one that has said nothing for as long, while we looked over
/// one unbroken session, lets nobody in: its last word was sent before we first saw it, and had
/// PostgreSQL been away for a moment, our session would have ended. No clock but ours is asked.
struct PeerWatch {
    private static let leaseNanoseconds = DirectoryCache.trustSeconds * 1_000_000_000

    private struct Seen {
        let peer: Peer
        /// When we first saw the last word that it has said.
        let sinceNanoseconds: UInt64
    }

    private var seen: [String: Seen] = [:]
    /// How far we had read the log when we last looked; nil until we have in this session.
    private var lookedEpoch: Int64?

    /// What is decided of a change.
    enum Standing: Equatable {
        /// We have not looked since it was committed.
        case unknown
        /// Not all have followed.
        case waiting
        /// All have followed but those, who let nobody in.
        case done(lapsed: [String])
    }

    /// The session is over: how long ago peers believed something is not known any more.
    mutating func reset() {
        seen = [:]
        lookedEpoch = nil
    }

    /// - Parameters:
    ///   - epoch: how far we had read the log when we looked.
    ///   - now: when the look came back.
    mutating func observe(_ peers: [Peer], at epoch: Int64, nowNanoseconds now: UInt64) {
        lookedEpoch = epoch
        var next: [String: Seen] = [:]
        for peer in peers {
            let known = seen[peer.id].flatMap {
                $0.peer.bootID == peer.bootID && $0.peer.beats == peer.beats ? $0 : nil
            }
            next[peer.id] = Seen(
                peer: peer, sinceNanoseconds: known?.sinceNanoseconds ?? now)
        }
        seen = next
    }

    func standing(of epoch: Int64, nowNanoseconds now: UInt64) -> Standing {
        // Who has read a change looks after its commit.
        guard let lookedEpoch, lookedEpoch >= epoch else { return .unknown }
        let behind = seen.values.filter { $0.peer.appliedEpoch < epoch }
        let lapsed = behind.filter { hasLapsed($0, now) }
        guard lapsed.count == behind.count else { return .waiting }
        return .done(lapsed: lapsed.map(\.peer.name).sorted())
    }

    /// How many frontends the peers have that have said something lately.
    func frontends(nowNanoseconds now: UInt64) -> Int {
        seen.values.reduce(0) { $0 + (hasLapsed($1, now) ? 0 : $1.peer.frontends) }
    }

    /// How many peers there are, whether they have said something lately or not.
    var count: Int { seen.count }

    private func hasLapsed(_ seen: Seen, _ now: UInt64) -> Bool {
        now >= seen.sinceNanoseconds + Self.leaseNanoseconds
    }
}

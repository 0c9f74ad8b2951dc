import Synchronization

/// The memory one search works in, used by one search at a time and reused.
final class SearchRoom: @unchecked Sendable {
    // Safe to hand over: `RoomPool` gives a room to one search at a time.

    /// Nodes scored by one call of a kernel.
    static let batch = 256
    /// Nodes that a walk expands between two looks at the signal to stop.
    private static let expandedPerLook = 64

    /// What may end the search that uses the room.
    fileprivate(set) var stop: (any StopSignal)?

    /// Whether the search was to score rows that can't be read: it ends then.
    var metDamage = false

    let places = Block<UInt32>(batch)
    let scores = Block<Float>(batch)
    private(set) var query = QueryCodes(elements: 64)
    private var queryElements = 64
    private var poolScores = Block<Float>(0)
    private var poolNodes = Block<UInt32>(0)
    private(set) var estimates = Block<Float>(0)
    private var visits = Block<UInt16>(0)
    private var round: UInt16 = 0

    /// Whether the search is to end: then nothing is scored any more.
    var isStopped: Bool { metDamage || stop?.isSet ?? false }

    /// The same for a walk that has expanded so many nodes, which looks only now and then.
    @inline(__always)
    func isStopped(after expanded: Int) -> Bool {
        expanded % Self.expandedPerLook == Self.expandedPerLook - 1 && isStopped
    }

    func prepareQuery(elements: Int) {
        guard elements != queryElements else { return }
        query = QueryCodes(elements: elements)
        queryElements = elements
    }

    /// - Parameter most: what the pool may be widened to.
    func makePool(_ capacity: Int, atMost most: Int = 0) -> CandidatePool {
        let room = max(capacity, most)
        if poolScores.count <= room {
            poolScores = Block(room * 2 + 1)
            poolNodes = Block(room * 2 + 1)
        }
        return CandidatePool(
            capacity: capacity, scores: poolScores.start, nodes: poolNodes.start)
    }

    func prepareEstimates(_ count: Int) {
        if estimates.count < count { estimates = Block(count) }
    }

    /// Marks that say which nodes a search has met: those equal to the round.
    func beginVisits(_ nodes: Int) -> (marks: UnsafeMutablePointer<UInt16>, round: UInt16) {
        if visits.count < nodes {
            visits = Block(nodes)
            round = 0
        }
        if round == .max {
            visits.start.update(repeating: 0, count: visits.count)
            round = 0
        }
        round += 1
        return (visits.start, round)
    }
}

/// The rooms that no search uses at the moment.
enum RoomPool {
    private static let free = Mutex<[SearchRoom]>([])
    /// Rooms kept for later; as many as searches run at once on a large machine.
    private static let keptMax = 64

    static func with<R>(stoppedBy stop: (any StopSignal)?, _ body: (SearchRoom) -> R) -> R {
        let room = free.withLock { $0.popLast() } ?? SearchRoom()
        room.stop = stop
        room.metDamage = false
        defer {
            room.stop = nil
            free.withLock { if $0.count < keptMax { $0.append(room) } }
        }
        return body(room)
    }
}

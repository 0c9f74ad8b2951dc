/// Decides whose work runs next, so that each key gets its share of the processors, whatever the
/// others ask for: deficit round robin (Shreedhar and Varghese, 1995), pure.
///
/// What an item costs is known only when it has run. So an item is charged what its key's items
/// cost of late, and the difference when it ends. A key that spent more than its quantum waits
/// until the rounds have paid for it; with nobody else waiting, rounds pass at once. A debt
/// outlives the queue, savings don't: who was idle has no claim on what was left unused.
///
/// **Invariants:** a key runs at most `runningMax` items at once. While an item may run, `next`
/// finds one.
struct DeficitRoundRobin<Key: Hashable & Sendable, Item: Sendable> {
    /// What a key may spend in a round, in microseconds: a few usual searches.
    static var quantumMicroseconds: Int { 1_000 }
    /// Keys without work that are kept for their debts before all are looked through.
    static var idleLanesMax: Int { 1_024 }

    /// An item to run, and what its key was charged for it in microseconds.
    struct Turn: Sendable {
        let key: Key
        let item: Item
        let charged: Int
    }

    private final class Lane {
        let key: Key
        var items = FIFO<Item>()
        var running = 0
        /// Microseconds that may be spent; below zero what was spent too much.
        var balance = quantumMicroseconds
        /// The round up to which quanta were added.
        var round: UInt64
        /// What an item is expected to cost, in microseconds.
        var expectedCost = 0
        var isInRing = false
        /// The last round in which its turn passed for want of balance.
        var passedRound: UInt64?

        init(_ key: Key, round: UInt64) {
            self.key = key
            self.round = round
        }

        /// Adds the quanta of the rounds that passed. Nobody saves up more than one.
        func settle(at now: UInt64) {
            let missing = quantumMicroseconds - balance
            let roundsToFull = UInt64((missing + quantumMicroseconds - 1) / quantumMicroseconds)
            let rounds = Int(min(now - round, roundsToFull))
            balance = min(balance + rounds * quantumMicroseconds, quantumMicroseconds)
            round = now
        }
    }

    let runningMax: Int
    private var lanes: [Key: Lane] = [:]
    /// Lanes with items that may run, in the order of their turns.
    private var ring = FIFO<Lane>()
    private var round: UInt64 = 0
    /// Lanes of the ring whose turn passed in this round.
    private var passedCount = 0

    /// - Parameter runningMax: items of one key that run at once, at least 1.
    init(runningMax: Int) {
        precondition(runningMax > 0, "a key must be let run something")
        self.runningMax = runningMax
    }

    mutating func add(_ item: Item, for key: Key) {
        forgetIdle()
        let lane = lanes[key] ?? Lane(key, round: round)
        lanes[key] = lane
        lane.items.append(item)
        enterRing(lane)
    }

    /// Takes the next item; nil when nothing may run. `ended` must be told of each.
    mutating func next() -> Turn? {
        while let lane = ring.first {
            if passedCount >= ring.count { beginRound() }
            lane.settle(at: round)
            if lane.balance > 0 { return take(from: lane) }
            pass(lane)
        }
        return nil
    }

    /// Takes an item's turn at once; nil when it would have to wait for another.
    mutating func takeAtOnce(_ item: Item, for key: Key) -> Turn? {
        guard ring.isEmpty, lanes[key]?.running ?? 0 < runningMax else { return nil }
        add(item, for: key)
        return next()
    }

    /// The item of a turn has run.
    ///
    /// - Parameter cost: its processor time in microseconds.
    mutating func ended(_ turn: Turn, cost: Int) {
        guard let lane = lanes[turn.key] else { return }
        lane.balance = min(lane.balance + turn.charged - cost, Self.quantumMicroseconds)
        lane.expectedCost = (3 * lane.expectedCost + cost) / 4
        lane.running -= 1
        enterRing(lane)
    }

    /// Takes the first item of the ring's first lane.
    private mutating func take(from lane: Lane) -> Turn? {
        guard let item = lane.items.popFirst() else { return nil }
        lane.balance -= lane.expectedCost
        lane.running += 1
        if lane.items.isEmpty || lane.running >= runningMax {
            _ = ring.popFirst()
            lane.isInRing = false
            if lane.passedRound == round { passedCount -= 1 }
            lane.passedRound = nil
        }
        return Turn(key: lane.key, item: item, charged: lane.expectedCost)
    }

    /// Gives the turn of the ring's first lane to the next.
    private mutating func pass(_ lane: Lane) {
        ring.rotate()
        if lane.passedRound == round { return }
        lane.passedRound = round
        passedCount += 1
    }

    /// Puts a lane that has something to run at the ring's end.
    private mutating func enterRing(_ lane: Lane) {
        guard !lane.isInRing, !lane.items.isEmpty, lane.running < runningMax else { return }
        lane.isInRing = true
        ring.append(lane)
    }

    /// Begins the next round; when all who wait are in debt, the first in which one is not.
    private mutating func beginRound() {
        let rounds = ring.elements.map { lane in
            lane.balance > 0 ? 1 : -lane.balance / Self.quantumMicroseconds + 1
        }
        round += UInt64(rounds.min() ?? 1)
        passedCount = 0
    }

    /// Drops lanes that have nothing to do and owe nothing.
    private mutating func forgetIdle() {
        guard lanes.count > 2 * ring.count + Self.idleLanesMax else { return }
        lanes = lanes.filter { _, lane in
            lane.settle(at: round)
            return !lane.items.isEmpty || lane.running > 0 || lane.balance < 0
        }
    }
}

import TestSupport
import Testing

@testable import TenantEngine

@Suite("Whose search runs next")
struct DeficitRoundRobinTests {
    private typealias Queue = DeficitRoundRobin<String, Int>

    @Test("one key's items run in the order of their coming")
    func order() {
        var queue = Queue(runningMax: 8)
        for item in 0..<5 { queue.add(item, for: "a") }
        #expect((0..<5).compactMap { _ in queue.next()?.item } == [0, 1, 2, 3, 4])
        #expect(queue.next() == nil)
    }

    @Test("a key runs no more at once than it may, and goes on when one ends")
    func runningMax() throws {
        var queue = Queue(runningMax: 2)
        for item in 0..<3 { queue.add(item, for: "a") }
        let first = try #require(next(&queue))
        #expect(queue.next()?.item == 1)
        #expect(queue.next() == nil)
        queue.ended(first, cost: 10)
        #expect(queue.next()?.item == 2)
    }

    @Test("an item takes its turn at once unless another waits or its key runs all it may")
    func atOnce() throws {
        var queue = Queue(runningMax: 1)
        let taken = queue.takeAtOnce(0, for: "a")
        let first = try #require(taken)
        #expect(first.item == 0)
        let second = queue.takeAtOnce(1, for: "a")
        #expect(second?.item == nil)
        queue.add(2, for: "b")
        let third = queue.takeAtOnce(3, for: "c")
        #expect(third?.item == nil)
        #expect(queue.next()?.item == 2)
        // What it costs is owed, and alone nobody waits for it.
        queue.ended(first, cost: 50 * Queue.quantumMicroseconds)
        let fourth = queue.takeAtOnce(4, for: "a")
        #expect(fourth?.item == 4)
    }

    @Test("a key that owes waits for the others, and alone it doesn't wait")
    func debt() throws {
        var queue = Queue(runningMax: 16)
        queue.add(0, for: "dear")
        let first = try #require(next(&queue))
        queue.ended(first, cost: 50 * Queue.quantumMicroseconds)
        queue.add(1, for: "dear")
        for item in 10..<20 { queue.add(item, for: "cheap") }
        for item in 10..<20 { #expect(queue.next()?.item == item) }
        #expect(queue.next()?.item == 1)
    }

    @Test("a debt isn't forgotten while its key asks for nothing")
    func debtOutlivesQueue() throws {
        var queue = Queue(runningMax: 8)
        queue.add(0, for: "dear")
        queue.ended(try #require(next(&queue)), cost: 5 * Queue.quantumMicroseconds)
        // Others spend two rounds meanwhile.
        spend(2 * Queue.quantumMicroseconds, of: "other", in: &queue)
        queue.add(1, for: "dear")
        queue.add(2, for: "other")
        #expect(queue.next()?.item == 2)
    }

    @Test("what was left unused isn't saved")
    func noSavings() throws {
        var queue = Queue(runningMax: 1)
        queue.add(0, for: "idle")
        queue.ended(try #require(next(&queue)), cost: 1)
        spend(20 * Queue.quantumMicroseconds, of: "busy", in: &queue)
        let shares = spent(in: &queue, costs: ["idle": 500, "busy": 500], count: 40)
        #expect(shares["idle"].map { abs($0 - 10_000) <= 2 * Queue.quantumMicroseconds } == true)
    }

    @Test("whatever items cost, keys that always wait get equal shares")
    func shares() {
        let seed = UInt64.random(in: 0...(.max))
        let random = SeededRandom(seed: seed)
        for _ in 0..<50 {
            var queue = Queue(runningMax: 1 + random.below(8))
            let costs = ["a": 1, "b": 100, "c": 1_000].mapValues {
                $0 * (1 + random.below(20))
            }
            let shares = spent(in: &queue, costs: costs, count: 20_000)
            let dearest = costs.values.max() ?? 0
            let bound = 3 * (Queue.quantumMicroseconds + queue.runningMax * dearest)
            let spread = (shares.values.max() ?? 0) - (shares.values.min() ?? 0)
            #expect(spread <= bound, "seed \(seed), costs \(costs), shares \(shares)")
        }
    }

    @Test("a light key's next item runs before a flood's second round")
    func flood() throws {
        var queue = Queue(runningMax: 4)
        for item in 0..<1_000 { queue.add(item, for: "flood") }
        var running: [Queue.Turn] = []
        while let turn = queue.next() { running.append(turn) }
        #expect(running.count == 4)
        queue.add(-1, for: "light")
        #expect(queue.next()?.key == "light", "a thread beyond the flood's share is there for it")
        for turn in running { queue.ended(turn, cost: 20_000) }
        queue.add(-2, for: "light")
        #expect(queue.next()?.key == "light", "the flood owes")
    }

    @Test("nothing that may run is left waiting")
    func progress() {
        let seed = UInt64.random(in: 0...(.max))
        let random = SeededRandom(seed: seed)
        var queue = Queue(runningMax: 3)
        var waiting: [String: Int] = [:]
        var running: [Queue.Turn] = []
        for step in 0..<20_000 {
            if random.below(2) == 0 {
                let key = "\(random.below(6))"
                queue.add(step, for: key)
                waiting[key, default: 0] += 1
            } else if !running.isEmpty {
                let turn = running.remove(at: random.below(running.count))
                queue.ended(turn, cost: random.below(100_000))
            }
            if random.below(3) == 0 { continue }
            while let turn = queue.next() {
                waiting[turn.key, default: 0] -= 1
                running.append(turn)
            }
            for (key, count) in waiting where count > 0 {
                let itsRunning = running.count { $0.key == key }
                #expect(itsRunning == 3, "seed \(seed), step \(step), key \(key)")
            }
        }
    }

    /// `#require` takes no mutating call.
    private func next(_ queue: inout Queue) -> Queue.Turn? { queue.next() }

    /// Runs items of a key alone until they have cost that much.
    private func spend(_ microseconds: Int, of key: String, in queue: inout Queue) {
        for _ in 0..<(microseconds / 100) {
            queue.add(0, for: key)
            while let turn = queue.next() { queue.ended(turn, cost: 100) }
        }
    }

    /// Runs items of keys that never run out, one at a time; what each spent when the last of
    /// `count` items ended.
    private func spent(
        in queue: inout Queue, costs: [String: Int], count: Int
    ) -> [String: Int] {
        var shares: [String: Int] = costs.mapValues { _ in 0 }
        for key in costs.keys.sorted() {
            for item in 0..<queue.runningMax { queue.add(item, for: key) }
        }
        for item in 0..<count {
            guard let turn = queue.next(), let cost = costs[turn.key] else { break }
            shares[turn.key, default: 0] += cost
            queue.add(item, for: turn.key)
            queue.ended(turn, cost: cost)
        }
        return shares
    }
}

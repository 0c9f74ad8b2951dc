import Synchronization
import TestSupport
import Testing

@testable import TenantEngine

@Suite("Memory for building indexes")
struct IndexMemoryTests {
    /// Which builds were started, in order.
    private final class Started: Sendable {
        private let builds = Mutex<[Int]>([])
        var all: [Int] { builds.withLock { $0 } }
        func note(_ build: Int) { builds.withLock { $0.append(build) } }
    }

    @Test("a build that doesn't fit waits, and those behind it wait too")
    func waits() {
        let (memory, started) = (IndexMemory(bytesMax: 100), Started())
        for (build, bytes) in [60, 50, 10].enumerated() {
            memory.take(bytes) { started.note(build) }
        }
        #expect(started.all == [0])
        memory.giveBack(60)
        #expect(started.all == [0, 1, 2])
        #expect(memory.taken == 60)
    }

    @Test("a build larger than all there is runs alone")
    func runsAlone() {
        let (memory, started) = (IndexMemory(bytesMax: 100), Started())
        for (build, bytes) in [10, 1000, 10].enumerated() {
            memory.take(bytes) { started.note(build) }
        }
        #expect(started.all == [0])
        memory.giveBack(10)
        #expect(started.all == [0, 1])
        memory.giveBack(1000)
        #expect(started.all == [0, 1, 2])
    }

    @Test("whatever comes and goes, all are started and no two exceed the bound", arguments: 1...8)
    func random(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        let (memory, started) = (IndexMemory(bytesMax: 100), Started())
        let sizes = (0..<200).map { _ in 1 + random.below(130) }
        var ended = 0
        for (build, bytes) in sizes.enumerated() {
            memory.take(bytes) { started.note(build) }
            while ended < started.all.count, random.below(2) == 0 {
                memory.giveBack(sizes[started.all[ended]])
                ended += 1
            }
            let running = started.all[ended...].map { sizes[$0] }
            #expect(running.count < 2 || running.reduce(0, +) <= 100, "seed \(seed)")
        }
        while ended < started.all.count {
            memory.giveBack(sizes[started.all[ended]])
            ended += 1
        }
        #expect(started.all == Array(sizes.indices), "seed \(seed)")
        #expect(memory.taken == 0)
    }
}

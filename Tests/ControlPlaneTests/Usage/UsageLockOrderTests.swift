import ChromaModel
import Postgres
import TestSupport
import Testing
import Usage

@testable import ControlPlane

struct UsageLockOrderTests {
    /// Cells of one tenant's log, which two engines report at once after it moved.
    private static func cells(_ random: SeededRandom) -> [UsageCell] {
        let log = UsageReporter("log")
        return (0..<300).map { place in
            log.cell(random.next() % 1000, minute: UsageReportTests.minute + UInt32(place))
        }
    }

    @Test("eight reporters of the same cells, in whatever order they know them, never deadlock")
    func sorted() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        try await Fixture.run { fixture in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for source in 0..<8 {
                    group.addTask {
                        let random = SeededRandom(seed: seed &+ UInt64(source))
                        var reporter = UsageReporter("engine-\(source)")
                        for _ in 0..<10 {
                            let batch = reporter.report(Self.cells(random).shuffled())
                            try await UsageStore.makePartitions(for: batch.cells, in: fixture.pool)
                            // Without a second try: a deadlock fails the test.
                            let receipt = try await fixture.pool.transaction {
                                try await UsageStore.take(batch, in: $0)
                            }
                            #expect(receipt == .taken)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}

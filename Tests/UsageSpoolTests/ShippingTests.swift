import ChromaModel
import Platform
import TestSupport
import Testing
import Usage

@testable import UsageSpool

struct ShippingTests {
    @Test("whatever questions and answers are lost and however often it is killed, it adds up")
    func exactlyOnce() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        let random = SeededRandom(seed: seed)
        let disk = SimulatedFileSystem()
        let keeper = MemoryKeeper(losses: 4, random: random)
        let time = ManualTimeSource()
        var recorded: UInt64 = 0
        for _ in 0..<15 {
            let directory = try UsageDirectory(
                "usage", fileSystem: disk, time: time, random: random)
            let meter = UsageMeter(
                origin: directory.origin, directory: directory.own, fileSystem: disk, time: time,
                logger: SpoolTests.quiet)
            let shipper = UsageShipper(
                directory: directory, meter: meter, keeper: keeper, logger: SpoolTests.quiet)
            var stream = shipper.newStream()
            for _ in 0..<random.below(6) {
                for _ in 0..<random.below(30) {
                    let quantity = random.next() % 1000
                    recorded += quantity
                    await SpoolTests.record(meter, quantity, collection: random.next() % 9)
                }
                time.advance(seconds: UInt64(random.below(60)))
                // What is lost is reported again by the next round or the next boot.
                try? await shipper.round(&stream)
            }
            // Killed: nothing is closed or finished.
        }
        let last = try UsageDirectory("usage", fileSystem: disk, time: time, random: random)
        let meter = UsageMeter(
            origin: last.origin, directory: last.own, fileSystem: disk, time: time,
            logger: SpoolTests.quiet)
        let shipper = UsageShipper(
            directory: last, meter: meter, keeper: keeper, logger: SpoolTests.quiet)
        var stream = shipper.newStream()
        for _ in 0..<1000 where try last.endedBoots().count > 0 {
            try? await shipper.round(&stream)
        }
        #expect(try last.endedBoots().isEmpty)
        #expect(keeper.sum(.returnedBytes) == recorded, "seed \(seed)")
        #expect(keeper.closedCount == 15)
    }
}

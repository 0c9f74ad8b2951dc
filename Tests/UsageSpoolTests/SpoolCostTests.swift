import Platform
import TestSupport
import Testing
import Usage

@testable import UsageSpool

struct SpoolCostTests {
    /// Prints what a request pays; it holds only that nothing is lost under load.
    @Test("sixty-four requests at once share the writes to the spool")
    func load() async throws {
        let place = TemporaryDirectory()
        let disk = PosixFileSystem()
        let directory = try UsageDirectory(
            place.path + "/usage", fileSystem: disk, time: SystemTimeSource(),
            random: SystemRandomSource())
        let meter = UsageMeter(
            origin: directory.origin, directory: directory.own, fileSystem: disk,
            logger: SpoolTests.quiet)
        let (requests, each) = (64, 500)
        let began = SystemTimeSource().monotonicNanoseconds()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<requests {
                group.addTask {
                    for _ in 0..<each {
                        await SpoolTests.record(meter, 10, collection: UInt64(number))
                    }
                }
            }
        }
        let micros = (SystemTimeSource().monotonicNanoseconds() - began) / 1000
        print("usage spool: \(requests * each) requests in \(micros) µs")
        await meter.close()
        let found = try SpoolReader.cells(in: directory.own, disk).pending(countMax: .max)
        let sum = found.reduce(0) { $0 + ($1.key.meter == .returnedBytes ? $1.value : 0) }
        #expect(sum == UInt64(requests * each * 10))
    }
}

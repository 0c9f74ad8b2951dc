import ChromaModel
import Logging
import Platform
import TestSupport
import Testing
import Usage

@testable import UsageSpool

struct SpoolTests {
    static let tenant = TenantID(UniqueID(high: 1, low: 1))
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func meter(
        _ disk: any FileSystem, _ time: ManualTimeSource, boot: String = "b"
    ) throws -> UsageMeter {
        try disk.createDirectory("usage/" + boot)
        return UsageMeter(
            origin: UsageOrigin(source: "s", boot: boot), directory: "usage/" + boot,
            fileSystem: disk, time: time, logger: quiet)
    }

    static func record(_ meter: UsageMeter, _ quantity: UInt64, collection: UInt64 = 1) async {
        await meter.record(
            [MeterQuantity(.returnedBytes, quantity), MeterQuantity(.readRequests, 1)],
            tenant: tenant, database: DatabaseID(UniqueID(high: 2, low: 2)),
            collection: CollectionID(UniqueID(high: 3, low: collection)),
            credential: UsageCredential("key"))
    }

    /// What a process that starts now finds of a meter, by the sum of a meter's cells.
    static func found(_ disk: any FileSystem, _ meter: Meter, boot: String = "b") throws -> UInt64 {
        try SpoolReader.cells(in: "usage/" + boot, disk).pending(countMax: .max)
            .reduce(0) { $0 + ($1.key.meter == meter ? $1.value : 0) }
    }

    @Test("what was recorded is found after a kill, at once")
    func kill() async throws {
        let disk = SimulatedFileSystem()
        let meter = try Self.meter(disk, ManualTimeSource())
        for number in 1...20 { await Self.record(meter, UInt64(number)) }
        #expect(try Self.found(disk, .returnedBytes) == 210)
        #expect(try Self.found(disk, .readRequests) == 20)
        await meter.close()
    }

    @Test("a torn or changed frame ends the spool, and everything before it counts")
    func torn() async throws {
        let disk = SimulatedFileSystem()
        let meter = try Self.meter(disk, ManualTimeSource())
        for _ in 0..<3 { await Self.record(meter, 10) }
        let path = "usage/b/" + SpoolFormat.fileName(1)
        let whole = try disk.readAll(path)
        for cut in 1..<whole.count {
            let amounts = SpoolFormat.amounts(in: Array(whole.dropLast(cut)))
            let sum = (amounts ?? []).flatMap(\.quantities).filter { $0.meter == .returnedBytes }
                .reduce(0) { $0 + $1.quantity }
            #expect([0, 10, 20].contains(sum))
        }
        for place in whole.indices {
            var changed = whole
            changed[place] ^= 0x10
            let amounts = SpoolFormat.amounts(in: changed) ?? []
            let quantities = amounts.flatMap(\.quantities).filter { $0.meter == .returnedBytes }
            #expect(quantities.reduce(0) { $0 + $1.quantity } <= 20)
        }
        await meter.close()
    }

    @Test("a new file holds what is not reported, and a cell is never begun anew from zero")
    func nextFile() async throws {
        let disk = SimulatedFileSystem()
        let time = ManualTimeSource()
        let meter = try Self.meter(disk, time)
        await Self.record(meter, 5)
        await meter.pending(countMax: 100).acknowledge()
        await Self.record(meter, 7)
        // The same minute still, and a new file.
        time.advance(seconds: 1)
        let cells = await meter.pending(countMax: 100).cells
        #expect(cells.filter { $0.meter == .returnedBytes }.map(\.quantity) == [12])
        time.advance(seconds: 3600)
        await meter.pending(countMax: 100).acknowledge()
        await Self.record(meter, 1)
        // No request waits until the file before is removed; the end does.
        await meter.close()
        #expect(try disk.list("usage/b") == [SpoolFormat.fileName(2)])
        #expect(try Self.found(disk, .returnedBytes) == 1)
    }

    @Test("while the disk refuses, usage is counted all the same, and written down afterwards")
    func fullDisk() async throws {
        let disk = SimulatedFileSystem()
        let meter = try Self.meter(disk, ManualTimeSource())
        await Self.record(meter, 5)
        try disk.removeFile("usage/b/" + SpoolFormat.fileName(1))
        await Self.record(meter, 7)
        let cells = await meter.pending(countMax: 100).cells
        #expect(cells.filter { $0.meter == .returnedBytes }.map(\.quantity) == [12])
        await meter.close()
    }

    @Test("what comes after its minute was reported and forgotten counts into a later one")
    func clockGoesBack() async throws {
        let disk = SimulatedFileSystem()
        let time = ManualTimeSource()
        time.advance(seconds: 3600)
        let meter = try Self.meter(disk, time)
        await Self.record(meter, 5)
        time.advance(seconds: 180)
        // The minute has passed, is reported and forgotten; then the clock is set back to it.
        let reported = await meter.pending(countMax: 100)
        await reported.acknowledge()
        time.setUnix(seconds: 1_700_003_600)
        await Self.record(meter, 7)
        let later = await meter.pending(countMax: 100).cells
        #expect(later.allSatisfy { $0.key.minute >= reported.watermark })
        #expect(later.filter { $0.meter == .returnedBytes }.map(\.quantity) == [7])
        await meter.close()
    }

    @Test("a power cut after any operation loses what was not synced, and counts nothing twice")
    func powerCut() async throws {
        var states = 0
        for count in 1..<60 {
            let disk = SimulatedFileSystem()
            let time = ManualTimeSource()
            let meter = try Self.meter(disk, time)
            disk.use(.stop(after: count))
            for _ in 0..<4 {
                for _ in 0..<3 { await Self.record(meter, 10) }
                // The next one begins a new file.
                time.advance(seconds: 601)
            }
            for seed in 0..<8 {
                let found = try Self.found(disk.crash(seed: UInt64(seed)), .returnedBytes)
                #expect(found <= 120 && found.isMultiple(of: 10), "after \(count), seed \(seed)")
                states += 1
            }
            #expect(try Self.found(disk.kill(), .returnedBytes) <= 120)
            await meter.close()
        }
        print("\(states) states after power cuts")
    }

    @Test("a file that can't be made durable leaves the one before it, and a kill loses nothing")
    func unsyncedFile() async throws {
        let disk = SimulatedFileSystem()
        let time = ManualTimeSource()
        let meter = try Self.meter(disk, time)
        await Self.record(meter, 5)
        disk.use(.failAll(.syncData, errno: 5))
        for _ in 0..<3 {
            time.advance(seconds: 601)
            await Self.record(meter, 5)
            #expect(try Self.found(disk.kill(), .readRequests) > 0)
        }
        #expect(try Self.found(disk, .returnedBytes) == 20)
        let files = try disk.list("usage/b")
        #expect(files.contains(SpoolFormat.fileName(1)))
        // It isn't tried anew at each request, and what can be written is.
        for _ in 0..<5 { await Self.record(meter, 1) }
        #expect(try disk.list("usage/b") == files)
        #expect(try Self.found(disk.kill(), .returnedBytes) == 25)
        disk.use(.none)
        time.advance(seconds: 601)
        await Self.record(meter, 5)
        await meter.close()
        #expect(try Self.found(disk, .returnedBytes) == 30)
        #expect(try disk.list("usage/b").count == 1)
    }
}

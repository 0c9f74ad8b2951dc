import Platform
import TestSupport
import Testing

@testable import TenantStorage

@Suite("The log with damaged bits")
struct LogBitFlipTests {
    /// What became of a flipped bit.
    private struct Tally {
        var detected = 0
        var harmless = 0
        var wrong: [String] = []
        var total: Int { detected + harmless + wrong.count }
    }

    /// A small log of several files.
    private static func smallLog() throws -> (SimulatedFileSystem, [[UInt8]]) {
        let disk = try LogScript.emptyDisk()
        let (log, _) = try LogScript.open(disk, fileBytesMax: 700)
        var entries: [[UInt8]] = []
        for number in 0..<12 {
            let group = [LogScript.entry(number, bytes: number % 4 == 1 ? 600 : 4)]
            _ = try log.append(group)
            entries += group
        }
        return (disk, entries)
    }

    private static func flipAll(
        of path: String, in disk: SimulatedFileSystem, _ entries: [[UInt8]],
        every step: Int = 1, repair: (SimulatedFileSystem) -> Void = { _ in }
    ) -> Tally {
        var tally = Tally()
        let bits = (disk.contents(path)?.count ?? 0) * 8
        for bit in stride(from: 0, to: bits, by: step) {
            let damaged = disk.kill()
            damaged.flipBit(bit, of: path)
            repair(damaged)
            guard let found = try? LogScript.replay(damaged).0 else {
                tally.detected += 1
                continue
            }
            if found.starts(with: entries) {
                tally.harmless += 1
            } else {
                tally.wrong.append("\(path) bit \(bit)")
            }
        }
        return tally
    }

    @Test("every flipped bit is detected or harmless, in the last frame too")
    func everyBit() throws {
        let (disk, entries) = try Self.smallLog()
        let paths = disk.filePaths
        let last = try #require(paths.last { $0.hasSuffix(".log") })
        for path in paths {
            let isMark = path.hasSuffix("/acknowledged")
            let tally = Self.flipAll(
                of: path, in: disk, entries, every: path == last || isMark ? 1 : 3)
            print(
                "\(path): \(tally.total) flips, \(tally.detected) detected,"
                    + " \(tally.harmless) harmless, \(tally.wrong.count) silent")
            #expect(tally.wrong.isEmpty)
            if isMark { #expect(tally.detected == 0, "a damaged mark refuses nobody") }
            if path == last { #expect(tally.harmless == 0) }
        }
    }

    /// After a kill the mark is in the cache, wherever the process died.
    @Test("whatever operation the process died in, every flip is detected or harmless")
    func everyBitAfterKill() throws {
        let script = LogScript(seed: 5, groups: 6, bytesMax: 300)
        let operations = try LogPowerCutTests.operationCount(of: script)
        var flips = 0
        var wrong: [String] = []
        for point in 0...operations {
            let disk = try LogScript.emptyDisk()
            disk.use(.stop(after: point))
            let outcome = script.run(on: disk, isDead: { disk.hasStopped })
            for path in disk.filePaths {
                let tally = Self.flipAll(of: path, in: disk, outcome.acknowledged, every: 7)
                flips += tally.total
                wrong += tally.wrong.map { "operation \(point): \($0)" }
            }
        }
        print("flips after a kill: \(operations) points, \(flips) flips, \(wrong.count) silent")
        #expect(wrong.count == 0, "\(wrong.prefix(5))")
    }

    @Test("without the mark a damaged last frame passes for a torn end, and only that")
    func withoutMark() throws {
        let (disk, entries) = try Self.smallLog()
        try disk.removeFile(LogScript.directory + "/acknowledged")
        let last = try #require(disk.filePaths.last)
        let bits = (disk.contents(last)?.count ?? 0) * 8
        let damaged = disk.kill()
        damaged.flipBit(bits - 1, of: last)
        #expect(try LogScript.replay(damaged).0 == entries.dropLast())
    }

    @Test("a log that lost its last file or all files is refused")
    func lostFiles() throws {
        let (disk, _) = try Self.smallLog()
        let logs = disk.filePaths.filter { $0.hasSuffix(".log") }
        for count in 1...logs.count {
            let damaged = disk.kill()
            for path in logs.suffix(count) { try damaged.removeFile(path) }
            #expect(throws: StorageError.self) { try LogScript.replay(damaged) }
        }
    }

    @Test("records that look like frames make a torn end damage, not an endless search")
    func forgedFrames() throws {
        let disk = try LogScript.emptyDisk()
        let (log, _) = try LogScript.open(disk, fileBytesMax: .max)
        _ = try log.append([LogScript.entry(0, bytes: 4)])
        let end = log.end
        // A torn write full of headers, each of a frame that reaches to the end of the file.
        let count = 60_000
        var forged = [UInt8](repeating: 0xFF, count: 20)
        for index in 0..<count {
            let length = UInt32((count - index) * 16 - 16)
            withUnsafeBytes(of: length.littleEndian) { forged += $0 }
            forged += [1, 2, 3, 4]
            withUnsafeBytes(of: UInt64(3).littleEndian) { forged += $0 }
        }
        let file = try disk.open(LogScript.directory + "/00000001.log", .existing)
        try forged.withUnsafeBytes { try file.write($0, at: end.offset) }
        let error = #expect(throws: StorageError.self) { try LogScript.replay(disk) }
        #expect("\(try #require(error))".contains("checksum"))
        let log1 = try LogExaminer.examine(
            LogScript.directory + "/00000001.log", tenant: LogScript.tenant, number: 1,
            fileSystem: disk)
        #expect(log1.endMayBeDamage)
    }

    @Test("this suite finds an ignored checksum when one is planted")
    func catchesIgnoredChecksum() throws {
        let (disk, entries) = try Self.smallLog()
        let path = disk.filePaths[0]
        let tally = Self.flipAll(
            of: path, in: disk, entries, every: 7,
            repair: { Self.seal(path, of: $0) })
        print("planted: \(tally.wrong.count) of \(tally.total) flips silent without checksums")
        #expect(!tally.wrong.isEmpty)
    }

    /// Gives every frame the checksum of what it now holds, as if no checksum were looked at.
    private static func seal(_ path: String, of disk: SimulatedFileSystem) {
        guard let bytes = disk.contents(path) else { return }
        let seed = LogFormat.seed(tenant: LogScript.tenant, fileNumber: 1)
        var place = LogFormat.headerBytes
        while bytes.count - place > LogFormat.frameHeaderBytes {
            let length = bytes.withUnsafeBytes {
                Int($0.loadUnaligned(fromByteOffset: place, as: UInt32.self))
            }
            let end = place + LogFormat.frameHeaderBytes + length
            guard end <= bytes.count else { return }
            let sum = bytes[place..<end].withUnsafeBytes {
                LogFormat.frameChecksum($0, seed: seed)
            }
            for bit in 0..<32 {
                let held = bytes[place + 4 + bit / 8] >> UInt8(bit % 8) & 1
                if UInt32(held) != sum >> UInt32(bit) & 1 {
                    disk.flipBit((place + 4) * 8 + bit, of: path)
                }
            }
            place = end
        }
    }

    @Test("zeroed sectors and frames moved between files are detected")
    func zeroedAndMisplaced() throws {
        let (disk, entries) = try Self.smallLog()
        let paths = disk.filePaths
        try #require(paths.count > 2)
        let first = try #require(disk.contents(paths[0]))
        for start in stride(from: 0, to: first.count - 64, by: 64) {
            let damaged = disk.kill()
            let file = try damaged.open(paths[0], .existing)
            try [UInt8](repeating: 0, count: 64).withUnsafeBytes {
                try file.write($0, at: UInt64(start))
            }
            #expect(throws: StorageError.self) { try LogScript.replay(damaged) }
        }
        let swapped = disk.kill()
        let file = try swapped.open(paths[1], .existing)
        try first[64...].withUnsafeBytes { try file.write($0, at: 64) }
        #expect(throws: StorageError.self) { try LogScript.replay(swapped) }
        #expect(try LogScript.replay(disk).0 == entries)
    }
}

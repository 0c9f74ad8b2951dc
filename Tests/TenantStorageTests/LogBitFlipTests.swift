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
        /// The last frame was taken for a torn end and cut off.
        var lastFrameCut = 0
        var wrong: [String] = []
        var total: Int { detected + harmless + lastFrameCut + wrong.count }
    }

    /// A small log of several files.
    private static func smallLog() throws -> (SimulatedFileSystem, [[UInt8]], lastGroup: Int) {
        let disk = try LogScript.emptyDisk()
        let (log, _) = try LogScript.open(disk, fileBytesMax: 700)
        var entries: [[UInt8]] = []
        for number in 0..<12 {
            let group = [LogScript.entry(number, bytes: number % 4 == 1 ? 600 : 4)]
            _ = try log.append(group)
            entries += group
        }
        return (disk, entries, 1)
    }

    private static func flipAll(
        of path: String, in disk: SimulatedFileSystem, _ entries: [[UInt8]], lastGroup: Int,
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
            if found == entries {
                tally.harmless += 1
            } else if found == Array(entries.dropLast(lastGroup)) {
                tally.lastFrameCut += 1
            } else {
                tally.wrong.append("\(path) bit \(bit)")
            }
        }
        return tally
    }

    /// The one gap: damage to the very last frame looks like the torn end of an append that was
    /// never acknowledged, so it is cut off. Only the catalog's position can tell then.
    @Test("every flipped bit is detected, harmless, or in the last frame")
    func everyBit() throws {
        let (disk, entries, lastGroup) = try Self.smallLog()
        let last = try #require(disk.filePaths.last)
        var lastFrameBits = 0
        for path in disk.filePaths {
            let step = path == last ? 1 : 3
            let tally = Self.flipAll(
                of: path, in: disk, entries, lastGroup: lastGroup, every: step)
            print(
                "\(path): \(tally.total) flips, \(tally.detected) detected,"
                    + " \(tally.harmless) harmless, \(tally.lastFrameCut) cut as torn,"
                    + " \(tally.wrong.count) silent")
            #expect(tally.wrong.isEmpty)
            if path == last { lastFrameBits = tally.lastFrameCut } else {
                #expect(tally.lastFrameCut == 0)
            }
        }
        let frame = LogFormat.frameHeaderBytes + 4 + 4 + (entries.last?.count ?? 0)
        #expect(lastFrameBits == frame * 8, "the gap is exactly the last frame")
    }

    @Test("this suite finds an ignored checksum when one is planted")
    func catchesIgnoredChecksum() throws {
        let (disk, entries, lastGroup) = try Self.smallLog()
        let path = disk.filePaths[0]
        let tally = Self.flipAll(
            of: path, in: disk, entries, lastGroup: lastGroup, every: 7,
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
        let (disk, entries, _) = try Self.smallLog()
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

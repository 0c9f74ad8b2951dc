import Platform
import TestSupport
import Testing

@testable import TenantStorage

@Suite("Checksums of what is read")
struct CheckedReadsTests {
    private static func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 0x9E37_79B1) >> 13) }
    }

    private static func sum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        Array(bytes).withUnsafeBytes { crc32c($0) }
    }

    @Test("a sum of two runs is that of both together, wherever they are parted")
    func joined() {
        let bytes = Self.bytes(5000)
        for place in [0, 1, 2, 7, 8, 63, 64, 1000, 4097, 4999, 5000] {
            let (left, right) = (bytes[..<place], bytes[place...])
            let joined = crc32c(
                Self.sum(left), followedBy: Self.sum(right), of: right.count)
            #expect(joined == Self.sum(bytes[...]), "parted at \(place)")
        }
    }

    @Test("long ranges and short ones, read by several threads, have their own sums")
    func ranges() throws {
        let bytes = Self.bytes(5 << 20 + 123)
        let reads = try Self.reads(of: bytes)
        let ranges = [0..<bytes.count, 10..<10, 77..<300, (2 << 20) - 1..<(4 << 20) + 1]
        #expect(try reads.checksums(ranges) == ranges.map { Self.sum(bytes[$0]) })
    }

    @Test("a file that ends before a range is corrupt, whoever reads that part")
    func cut() throws {
        let reads = try Self.reads(of: Self.bytes(3 << 20))
        #expect(throws: StorageError.self) { try reads.checksums([0..<(7 << 20)]) }
        #expect(throws: StorageError.self) { try reads.checksums([(3 << 20) - 1..<(3 << 20) + 1]) }
    }

    private static func reads(of bytes: [UInt8]) throws -> CheckedReads {
        let disk = SimulatedFileSystem()
        let file = try disk.open("/file", .createNew)
        try bytes.withUnsafeBytes { try file.write($0, at: 0) }
        file.close()
        return CheckedReads(file: try disk.map("/file"), path: "/file")
    }
}

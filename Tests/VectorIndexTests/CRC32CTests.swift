import CKernels
import Platform
import TestSupport
import Testing

@Suite("CRC-32C")
struct CRC32CTests {
    /// RFC 3720 appendix B.4, and the check value of the CRC catalogue.
    @Test(
        "known vectors give the published sums",
        arguments: [
            (Array("123456789".utf8), 0xE306_9283),
            ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
            ([UInt8](0..<32), 0x46DD_794E),
            ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
            ([], 0),
        ] as [([UInt8], UInt32)])
    func knownVectors(bytes: [UInt8], sum: UInt32) {
        #expect(tk_crc32c(0, bytes, bytes.count) == sum)
        #expect(tk_crc32c_portable(0, bytes, bytes.count) == sum)
    }

    @Test("the processor's version equals the portable one at every length and alignment")
    func hardwareIsPortable() {
        let random = SeededRandom(seed: 7)
        let bytes = random.bytes(300)
        for length in 0...256 {
            let offset = random.below(300 - length)
            let seed = UInt32(truncatingIfNeeded: random.next())
            bytes.withUnsafeBufferPointer { all in
                let part = UnsafeBufferPointer(rebasing: all[offset..<(offset + length)])
                #expect(
                    tk_crc32c(seed, part.baseAddress, length)
                        == tk_crc32c_portable(seed, part.baseAddress, length),
                    "seed 7, length \(length), offset \(offset)")
            }
        }
    }

    @Test("long runs, which are summed in three at once, equal the portable version")
    func longRunsArePortable() {
        let random = SeededRandom(seed: 9)
        let bytes = random.bytes(40_000)
        for length in [6_143, 6_144, 6_145, 12_288, 20_007, 39_993] {
            let offset = random.below(bytes.count - length)
            let seed = UInt32(truncatingIfNeeded: random.next())
            bytes.withUnsafeBufferPointer { all in
                let part = UnsafeBufferPointer(rebasing: all[offset..<(offset + length)])
                #expect(
                    tk_crc32c(seed, part.baseAddress, length)
                        == tk_crc32c_portable(seed, part.baseAddress, length),
                    "seed 9, length \(length), offset \(offset)")
            }
        }
    }

    @Test("a sum can be continued part by part")
    func continues() {
        let bytes = SeededRandom(seed: 8).bytes(100)
        let whole = tk_crc32c(0, bytes, bytes.count)
        for cut in 0...100 {
            let head = tk_crc32c(0, bytes, cut)
            #expect(tk_crc32c(head, Array(bytes[cut...]), 100 - cut) == whole)
        }
    }
}

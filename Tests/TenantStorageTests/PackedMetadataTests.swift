import ChromaModel
import TestSupport
import Testing

@testable import TenantStorage

@Suite("Metadata read where it is stored")
struct PackedMetadataTests {
    /// The entries that a walk shows, and whether it came to the end.
    private static func walk(_ bytes: [UInt8]) -> (shown: [MetadataEntry], isWhole: Bool) {
        let owner = RawBytes(bytes)
        var shown: [MetadataEntry] = []
        let isWhole = PackedMetadata(owner: owner, bytes: UnsafeRawBufferPointer(owner.buffer))
            .forEachEntry { key, value in
                let key = MetadataKey(String(decoding: key, as: UTF8.self))
                shown.append(MetadataEntry(key, value.value))
            }
        return (shown, isWhole)
    }

    @Test("is what was stored, in its order", arguments: [1, 2, 3])
    func whole(seed: UInt64) throws {
        let source = RandomRecords(SeededRandom(seed: seed))
        for _ in 0..<200 {
            let metadata = source.metadata()
            var writer = ByteWriter()
            writer.put(metadata)
            let bytes = writer.finish()
            let (shown, isWhole) = Self.walk(bytes)
            #expect(isWhole, "seed \(seed)")
            #expect("\(shown)" == "\(metadata.entries)", "seed \(seed)")
        }
    }

    @Test("never leads past its end, cut anywhere, and says that it is cut")
    func cut() throws {
        let source = RandomRecords(SeededRandom(seed: 7))
        for _ in 0..<20 {
            var writer = ByteWriter()
            writer.put(source.metadata())
            let bytes = writer.finish()
            for count in 0..<bytes.count {
                #expect(!Self.walk(Array(bytes.prefix(count))).isWhole, "\(bytes), \(count)")
            }
        }
    }
}

/// Bytes in exactly as much memory as they take.
private final class RawBytes {
    let buffer: UnsafeMutableRawBufferPointer

    init(_ bytes: [UInt8]) {
        buffer = .allocate(byteCount: bytes.count, alignment: 1)
        buffer.copyBytes(from: bytes)
    }

    deinit { buffer.deallocate() }
}

extension MetadataValueView {
    fileprivate var value: MetadataValue {
        switch self {
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .float(let value): .float(value)
        case .string(let text): .string(String(decoding: text, as: UTF8.self))
        case .compound(let value): value
        }
    }
}

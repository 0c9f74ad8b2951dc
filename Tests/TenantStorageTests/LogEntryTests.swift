import ChromaModel
import TenantStorage
import TestSupport
import Testing

@Suite("The bytes of a log entry")
struct LogEntryTests {
    private func read(_ bytes: [UInt8]) throws(StorageError) -> LogEntry {
        do {
            return try bytes.withUnsafeBytes { try LogEntryReader.entry(from: $0) }
        } catch let error as StorageError {
            throw error
        } catch {
            throw .malformed("\(error)")
        }
    }

    @Test("every entry comes back bit by bit", arguments: 0..<EntryGenerator.kindCount)
    func roundTrip(kind: Int) throws {
        for seed in UInt64(0)..<300 {
            let entry = EntryGenerator(seed: seed).entry(kind: kind)
            let back = try read(LogEntrySerializer.bytes(of: entry))
            #expect(EntryText.of(back) == EntryText.of(entry), "kind \(kind), seed \(seed)")
        }
    }

    @Test("an entry cut short is refused at every byte", arguments: 0..<EntryGenerator.kindCount)
    func cutShort(kind: Int) {
        for seed in UInt64(0)..<40 {
            let bytes = LogEntrySerializer.bytes(of: EntryGenerator(seed: seed).entry(kind: kind))
            for count in bytes.indices {
                #expect(throws: StorageError.self, "kind \(kind), seed \(seed), \(count) bytes") {
                    try read(Array(bytes[..<count]))
                }
            }
            #expect(throws: StorageError.self) { try read(bytes + [0]) }
        }
    }

    /// The counts that overflow, wrap or reserve gigabytes where a reader believes them.
    @Test(
        "a huge count anywhere neither traps nor is believed",
        arguments: [0xFFFF_FFFF, 0xFFFF_FFFE, 0x8000_0000, 0x7FFF_FFFF, 0x0100_0000] as [UInt32])
    func hugeCounts(count: UInt32) {
        var refused = 0
        var total = 0
        for kind in 0..<EntryGenerator.kindCount {
            for seed in UInt64(0)..<30 {
                let entry = EntryGenerator(seed: seed).entry(kind: kind)
                let bytes = LogEntrySerializer.bytes(of: entry)
                for place in 0..<max(0, bytes.count - 3) {
                    var damaged = bytes
                    withUnsafeBytes(of: count.littleEndian) {
                        damaged.replaceSubrange(place..<(place + 4), with: $0)
                    }
                    total += 1
                    if (try? read(damaged)) == nil { refused += 1 }
                }
            }
        }
        // The rest hit ids, numbers and floats, where any bits are a value.
        print("count \(count): \(total) damaged entries, \(refused) refused, 0 traps")
        #expect(refused > total / 8)
    }

    @Test("damaged bits never trap the reader")
    func flippedBits() {
        var parsed = 0
        for kind in 0..<EntryGenerator.kindCount {
            for seed in UInt64(0)..<20 {
                let entry = EntryGenerator(seed: seed).entry(kind: kind)
                let bytes = LogEntrySerializer.bytes(of: entry)
                for bit in 0..<(bytes.count * 8) {
                    var damaged = bytes
                    damaged[bit / 8] ^= 1 << UInt8(bit % 8)
                    if (try? read(damaged)) != nil { parsed += 1 }
                }
            }
        }
        #expect(parsed > 0)
    }

    @Test("random bytes never trap the reader", arguments: 1...8)
    func randomBytes(kind: UInt8) {
        let random = SeededRandom(seed: UInt64(kind))
        for _ in 0..<2_000 {
            let noise = (0..<random.below(120)).map { _ in UInt8(random.below(256)) }
            _ = try? read([kind] + noise)
        }
    }

    @Test("a kind, tag or operation of a newer version is refused, not guessed")
    func unknownKind() {
        #expect(throws: StorageError.self) { try read([]) }
        #expect(throws: StorageError.self) { try read([0]) }
        #expect(throws: StorageError.self) { try read([9] + [UInt8](repeating: 0, count: 64)) }
    }

    /// Logs outlive versions: these bytes are on disks.
    @Test("a delete is read from the bytes that the first version wrote")
    func firstVersion() throws {
        let id: [UInt8] = Array(1...16)
        let bytes: [UInt8] = [6] + id + [2, 0, 0, 0, 1, 0, 0, 0, 0x61, 2, 0, 0, 0, 0xC3, 0xA9]
        guard case .recordsDeleted(let collection, let ids) = try read(bytes) else {
            Issue.record("it is read as another kind")
            return
        }
        #expect(collection.description == "08070605-0403-0201-100f-0e0d0c0b0a09")
        #expect(ids == [RecordID("a"), RecordID("é")])
        let write: [UInt8] = [5] + id + [1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0x61]
        guard case .recordsWritten(_, .add, let batch) = try read(write) else {
            Issue.record("it is read as another kind")
            return
        }
        #expect(batch.ids == [RecordID("a")] && batch.embeddings == nil)
    }

    @Test("a matrix that claims 2³² rows of 2³² floats is refused")
    func hugeMatrix() {
        let head: [UInt8] = [5] + [UInt8](repeating: 1, count: 16) + [1, 1, 0, 0, 0, 0]
        let matrix = [UInt8](repeating: 0xFF, count: 8) + [0]
        #expect(throws: StorageError.self) { try read(head + matrix) }
    }
}

import ChromaModel
import TestSupport
import Testing

@testable import ChromaWire

@Suite("Record views")
struct RecordViewTests {
    /// UTF-8 in memory of its own.
    private final class Bytes {
        let buffer: UnsafeMutableRawBufferPointer

        init(_ text: String) {
            buffer = .allocate(byteCount: text.utf8.count, alignment: 1)
            buffer.copyBytes(from: text.utf8)
        }

        deinit { buffer.deallocate() }
    }

    /// A map that is given out entry by entry, up to where it is damaged.
    private struct EntryByEntry: StoredMetadata {
        let entries: Metadata
        var isDamaged = false

        var metadata: Metadata? { isDamaged ? nil : entries }

        func forEachEntry(_ body: (UnsafeRawBufferPointer, MetadataValueView) -> Void) -> Bool {
            MetadataView.map(entries).forEachEntry(body) && !isDamaged
        }
    }

    private static func stored(_ text: String) -> TextView {
        let bytes = Bytes(text)
        return .stored(StoredText(owner: bytes, bytes: UnsafeRawBufferPointer(bytes.buffer)))
    }

    /// The same record, read in place.
    private static func stored(_ record: RecordView) -> RecordView {
        var view = RecordView(idText: stored(record.id.value), distance: record.distance)
        view.documentText = record.document.map { stored($0) }
        view.uriText = record.uri.map { stored($0) }
        view.metadataView = record.metadata.map { .stored(EntryByEntry(entries: $0)) }
        return view
    }

    @Test("are spelled like their values, wherever they are", arguments: [1, 2, 3, 4])
    func spelling(seed: UInt64) {
        let source = RandomRecords(SeededRandom(seed: seed))
        for round in 0..<500 {
            let record = RecordView(
                id: RecordID(source.text()), document: source.maybe(source.text),
                uri: source.maybe(source.text), metadata: source.maybe(source.metadata),
                distance: source.maybe(source.float))
            let expected =
                "{\"ids\":[[\(PlainJSON.string(record.id.value))]],\"embeddings\":null,"
                + "\"documents\":[[\(record.document.map(PlainJSON.string) ?? "null")]],"
                + "\"uris\":[[\(record.uri.map(PlainJSON.string) ?? "null")]],"
                + "\"metadatas\":[[\(PlainJSON.metadata(record.metadata))]],"
                + "\"distances\":[[\(record.distance.map(PlainJSON.float) ?? "null")]],"
                + "\"include\":[\"documents\",\"uris\",\"metadatas\",\"distances\"]}"
            for view in [record, Self.stored(record)] {
                let text = written {
                    QueryResponse.write(
                        results: [[view]],
                        include: IncludeList([.documents, .uris, .metadatas, .distances]),
                        into: &$0)
                }
                #expect(text.isByteEqual(to: expected), "seed \(seed), round \(round)")
            }
        }
    }

    @Test("are the values that were stored", arguments: [1, 2])
    func values(seed: UInt64) {
        let source = RandomRecords(SeededRandom(seed: seed))
        for _ in 0..<100 {
            let text = source.text()
            #expect(Self.stored(text).string.isByteEqual(to: text), "seed \(seed)")
            #expect(Self.stored(text).byteCount == text.utf8.count, "seed \(seed)")
            let metadata = source.metadata()
            let bytes = metadata.entries.reduce(0) {
                $0 + $1.key.value.utf8.count + $1.value.logicalBytes
            }
            #expect(MetadataView.map(metadata).logicalBytes == bytes, "seed \(seed)")
        }
    }

    @Test("metadata that turns out damaged midway is null, and nothing of it is shown")
    func damaged() {
        let map = Metadata([MetadataEntry(MetadataKey("k"), .string("half"))])
        var record = RecordView(id: RecordID("a"))
        record.metadataView = .stored(EntryByEntry(entries: map, isDamaged: true))
        let text = written {
            GetResponse.write(records: [record], include: IncludeList([.metadatas]), into: &$0)
        }
        #expect(text.contains("\"metadatas\":[null],"), "\(text)")
    }

    @Test("texts full of escapes, and integers of every length, are spelled whole")
    func lengths() {
        for count in [0, 1, 7, 8, 9, 63, 64, 65, 1000, 100_000] {
            let text = String(repeating: "\u{1}", count: count)
            let shown = written { buffer in JSONWriter.append(to: &buffer) { $0.string(text) } }
            #expect(shown.isByteEqual(to: PlainJSON.string(text)), "\(count) bytes")
        }
        var number: UInt64 = 1
        while number < .max / 10 {
            number = number * 10 + 7
            let (value, signed) = (number, Int64(truncatingIfNeeded: number))
            #expect(written { b in JSONWriter.append(to: &b) { $0.integer(value) } } == "\(value)")
            #expect(
                written { b in JSONWriter.append(to: &b) { $0.integer(signed) } } == "\(signed)")
        }
    }
}

import ChromaModel
import Platform
import TestSupport
import Testing
import TextIndex

@testable import TenantStorage

@Suite("Index sections of a segment")
struct SegmentIndexTests {
    /// Rows in memory.
    private struct Rows: SegmentRows {
        let collection = CollectionID(UniqueID(high: 1, low: 2))
        let dimension = 1
        var documents: [String?]
        var metadatas: [Metadata?]

        var count: Int { documents.count }
        func id(_ row: Int) -> RecordID { RecordID("\(row)") }
        func order(_ row: Int) -> UInt64 { UInt64(row) }
        func document(_ row: Int) -> String? { documents[row] }
        func uri(_ row: Int) -> String? { nil }
        func metadata(_ row: Int) -> Metadata? { metadatas[row] }
        func inverseNorm(_ row: Int) -> Float { 1 }
        func withEmbedding(_ row: Int, _ body: (UnsafeBufferPointer<Float>) -> Void) {
            [Float(row)].withUnsafeBufferPointer(body)
        }
    }

    private static let id = SegmentID(UniqueID(high: 3, low: 4))
    private static let key = MetadataKey("k")

    private static func written(_ rows: Rows, indexedRowsMin: Int = 0) throws
        -> SimulatedFileSystem
    {
        let disk = SimulatedFileSystem()
        try disk.createDirectory("/segments")
        try SegmentWriter.write(
            [rows], as: id, in: "/segments", fileSystem: disk, indexedRowsMin: indexedRowsMin)
        return disk
    }

    private static func sections(_ disk: SimulatedFileSystem, _ rows: Rows) throws
        -> SegmentSections
    {
        try SegmentFile(id, in: "/segments", fileSystem: disk).rows(of: rows.collection)
    }

    private static func found(_ runs: [UnsafeBufferPointer<UInt32>]) -> [UInt32] {
        runs.flatMap { Array($0) }.sorted()
    }

    @Test("a segment of few rows has no index, and opens")
    func small() throws {
        let rows = Rows(documents: ["text"], metadatas: [nil])
        let sections = try Self.sections(
            try Self.written(rows, indexedRowsMin: SegmentFormat.indexedRowsMin), rows)
        #expect(sections.metadataIndex == nil)
        #expect(sections.trigramIndex == nil)
        #expect(sections.document(0) == "text")
    }

    @Test("rows without metadata or documents are indexed as such")
    func bare() throws {
        let rows = Rows(documents: [nil, nil], metadatas: [nil, nil])
        let sections = try Self.sections(try Self.written(rows), rows)
        #expect(sections.metadataIndex?.rows(Self.key, [.bool(true)]).isEmpty == true)
        #expect(
            sections.trigramIndex?.rows(holding: SubstringPattern("text").trigrams).isEmpty == true)
    }

    @Test("many values and long documents are cut into blocks, and found over all of them")
    func blocks() throws {
        let rowCount = 200
        let many = [Bool](repeating: true, count: MetadataIndexWriter.blockValuesMax / 2)
        let long = String(repeating: "lorem ", count: 15_000)
        let rows = Rows(
            documents: (0..<rowCount).map { $0 % 50 == 0 ? long + "needle" : long },
            metadatas: (0..<rowCount).map { row in
                Metadata([
                    MetadataEntry(Self.key, row % 60 == 0 ? .bools(many) : .int(Int64(row % 7)))
                ])
            })
        let disk = try Self.written(rows)
        let sections = try Self.sections(disk, rows)
        let index = try #require(sections.metadataIndex)
        #expect(Self.found(index.rows(Self.key, [.boolElement(true)])) == [0, 60, 120, 180])
        let expected: [UInt32] = (UInt32(0)..<200).filter { row in
            row % 60 != 0 && row % 7 > 4
        }
        let range = NumberRange(lower: .init(.float(4.5), isInclusive: true))
        #expect(Self.found(index.rows(Self.key, [.numbers(range)])) == expected)
        let proposed = try #require(sections.trigramIndex).rows(
            holding: SubstringPattern("needle").trigrams)
        #expect((0..<200).filter { proposed.contains($0) } == [0, 50, 100, 150])
        for kind in [SectionKind.metadataPostings, .trigramPostings] {
            let section = try #require(try Self.bytes(of: kind, on: disk, rows))
            let blocks = section.withUnsafeBytes { IndexBlock.blocks(in: $0, rowCount: rowCount) }
            #expect((blocks?.count ?? 0) > 1, "\(kind)")
        }
    }

    @Test("any flipped bit of an index section is detected when the segment is opened")
    func flippedBits() throws {
        let random = SeededRandom(seed: 7)
        let rows = Rows(
            documents: (0..<300).map { "document \($0)" },
            metadatas: (0..<300).map { Metadata([MetadataEntry(Self.key, .int(Int64($0)))]) })
        let disk = try Self.written(rows)
        for kind in [SectionKind.metadataPostings, .trigramPostings] {
            let range = try #require(try Self.range(of: kind, on: disk, rows))
            for _ in 0..<100 {
                let bit = range.lowerBound * 8 + random.below(range.count * 8)
                let damaged = disk.kill()
                damaged.flipBit(bit, of: "/segments/" + SegmentFormat.fileName(Self.id))
                #expect(throws: StorageError.self, "bit \(bit) of \(kind)") {
                    try Self.sections(damaged, rows)
                }
            }
        }
    }

    @Test("bytes that pass for a section but are none never trap", arguments: 0..<20)
    func malformed(seed: Int) throws {
        let random = SeededRandom(seed: UInt64(seed))
        let rows = Rows(
            documents: (0..<100).map { "document \($0)" },
            metadatas: (0..<100).map { row in
                Metadata([
                    MetadataEntry(Self.key, .string("\(row)")),
                    MetadataEntry(MetadataKey("n"), .float(Double(row))),
                ])
            })
        let disk = try Self.written(rows)
        let whole = try #require(try Self.bytes(of: .metadataPostings, on: disk, rows))
        for _ in 0..<200 {
            var bytes = whole
            for _ in 0..<2 { bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8)) }
            bytes.withUnsafeBytes { bytes in
                guard let index = MetadataIndex(bytes, rowCount: 100) else { return }
                let terms: [MetadataTerm] = [.text(TextDigest("5")), .numbers(NumberRange())]
                for key in [Self.key, MetadataKey("n"), MetadataKey("absent")] {
                    #expect(Self.found(index.rows(key, terms)).allSatisfy { $0 < 100 })
                }
            }
        }
    }

    @Test("a bit that goes bad after the check never leads a read out of its section")
    func flippedBitsUnderTheMap() throws {
        let random = SeededRandom(seed: 11)
        let count = 300
        let rows = Rows(
            documents: (0..<count).map { $0 % 9 == 0 ? nil : "document \($0)" },
            metadatas: (0..<count).map { row in
                Metadata([
                    MetadataEntry(Self.key, .string("\(row % 5)")),
                    MetadataEntry(MetadataKey("n"), .int(Int64(row))),
                ])
            })
        let sections = try Self.sections(try Self.written(rows), rows)
        // Nobody else has the simulated map, whose bytes are memory.
        let map = UnsafeMutableRawBufferPointer(mutating: sections.file.bytes)
        let all = RowBitmap(allOf: count)
        for _ in 0..<4000 {
            let (byte, bit) = (random.below(map.count), UInt8(1) << UInt8(random.below(8)))
            map[byte] ^= bit
            for row in stride(from: random.below(40), to: count, by: 40) {
                _ = (sections.document(row), sections.metadata(row), sections.uri(row))
                _ = (sections.row(of: sections.id(row)), sections.embedding(row).count)
                _ = sections.metadataValue(row, Self.key)
            }
            _ = sections.extent
            var found = RowBitmap(rowCount: count)
            let terms: [MetadataTerm] = [.text(TextDigest("3")), .numbers(NumberRange())]
            for run in sections.metadataIndex?.rows(Self.key, terms) ?? [] {
                found.insert(run)
                found.remove(run)
            }
            for run in sections.metadataIndex?.rows(MetadataKey("n"), terms) ?? [] {
                found.insert(run)
            }
            if let rows = sections.trigramIndex?.rows(holding: SubstringPattern("ment").trigrams) {
                found.formUnion(rows)
            }
            found.formIntersection(all)
            #expect(found.count <= count)
            map[byte] ^= bit
        }
    }

    @Test("words of ints and floats sort as the numbers do")
    func words() {
        let ints: [Int64] = [.min, -2, -1, 0, 1, 1 << 53, .max]
        let floats = [-.infinity, -1e300, -1, -5e-324, 0, 5e-324, 1, 0x1p63, .infinity]
        let intWords = ints.map { IndexedWord.word($0) }
        let floatWords = floats.map { IndexedWord.word($0) }
        #expect(intWords == intWords.sorted() && intWords.map(IndexedWord.int) == ints)
        #expect(floatWords == floatWords.sorted() && floatWords.map(IndexedWord.float) == floats)
        #expect(IndexedWord.word(-0.0) == IndexedWord.word(0.0))
    }

    private static func range(
        of kind: SectionKind, on disk: SimulatedFileSystem, _ rows: Rows
    ) throws -> Range<Int>? {
        try SegmentFile(id, in: "/segments", fileSystem: disk)
            .contents(of: rows.collection).sections[kind]?.range
    }

    private static func bytes(
        of kind: SectionKind, on disk: SimulatedFileSystem, _ rows: Rows
    ) throws -> [UInt8]? {
        let contents = disk.contents("/segments/" + SegmentFormat.fileName(id))
        return try range(of: kind, on: disk, rows).flatMap { range in
            contents.map { Array($0[range]) }
        }
    }
}

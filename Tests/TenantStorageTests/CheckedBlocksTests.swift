import ChromaModel
import Platform
import TestSupport
import Testing

@testable import TenantStorage

@Suite("Embeddings that are checked block by block")
struct CheckedBlocksTests {
    /// Rows whose embeddings don't begin and end with blocks.
    private struct Rows: SegmentRows {
        let collection = CollectionID(UniqueID(high: 1, low: 2))
        let dimension = 100
        let count: Int

        func id(_ row: Int) -> RecordID { RecordID("\(row)") }
        func order(_ row: Int) -> UInt64 { UInt64(row) }
        func document(_ row: Int) -> String? { nil }
        func uri(_ row: Int) -> String? { nil }
        func metadata(_ row: Int) -> Metadata? { nil }
        func inverseNorm(_ row: Int) -> Float { 1 }
        func withEmbedding(_ row: Int, _ body: (UnsafeBufferPointer<Float>) -> Void) {
            (0..<dimension).map { Float(row * dimension + $0) }.withUnsafeBufferPointer(body)
        }
    }

    private static let id = SegmentID(UniqueID(high: 3, low: 4))
    private static let rows = Rows(count: 300)
    private static let path = "/segments/" + SegmentFormat.fileName(id)
    private static let blockBytes = SegmentFormat.embeddingBlockBytes

    private static func written(indexedRowsMin: Int = 0) throws -> SimulatedFileSystem {
        let disk = SimulatedFileSystem()
        try disk.createDirectory("/segments")
        try SegmentWriter.write(
            [rows], as: id, in: "/segments", fileSystem: disk, indexedRowsMin: indexedRowsMin)
        return disk
    }

    /// Of which nothing is read but the sums.
    private static func unread(_ disk: SimulatedFileSystem) throws -> SegmentSections {
        let file = try SegmentFile(id, in: "/segments", fileSystem: disk)
        let sections = try file.unreadRows(
            of: rows.collection, extent: SegmentExtent(rowCount: rows.count, orders: 0...299))
        try sections.require(.embeddingSums)
        return sections
    }

    private static func embeddings(_ disk: SimulatedFileSystem) throws -> Range<Int> {
        let file = try SegmentFile(id, in: "/segments", fileSystem: disk)
        return try #require(try file.contents(of: rows.collection).sections[.embeddings]).range
    }

    private static func check(_ sections: SegmentSections, _ rows: [Int]) throws {
        try rows.map { UInt32($0) }.withUnsafeBufferPointer { rows in
            try sections.checkEmbeddings(of: rows)
        }
    }

    /// Checks all that no search has touched.
    private static func checkRest(_ sections: SegmentSections) throws {
        var next: Int? = 0
        while let block = next { next = try sections.checkRest(from: block) }
    }

    @Test("sums are those of the blocks, in whatever pieces the bytes come", arguments: 0..<20)
    func pieces(seed: Int) {
        let random = SeededRandom(seed: UInt64(seed))
        let blockBytes = 1 + random.below(50)
        let bytes = (0..<random.below(500)).map { _ in UInt8(random.below(256)) }
        var sums = BlockSums(blockBytes: blockBytes)
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + random.below(120))
            Array(bytes[start..<end]).withUnsafeBytes { sums.add($0) }
            start = end
        }
        let expected = stride(from: 0, to: bytes.count, by: blockBytes).map { start in
            Array(bytes[start..<min(start + blockBytes, bytes.count)])
                .withUnsafeBytes { crc32c($0) }
        }
        #expect(sums.finish() == expected, "seed \(seed)")
    }

    @Test("a flipped bit is met by who reads a row of its block, and by nobody else")
    func touched() throws {
        let whole = try Self.written()
        let range = try Self.embeddings(whole)
        let random = SeededRandom(seed: 5)
        for _ in 0..<200 {
            let place = random.below(range.count)
            let disk = whole.kill()
            disk.flipBit((range.lowerBound + place) * 8 + random.below(8), of: Self.path)
            let sections = try Self.unread(disk)
            let bad = place / Self.blockBytes
            for row in [random.below(300), place / 400] {
                let touched = (row * 400 / Self.blockBytes)...((row * 400 + 399) / Self.blockBytes)
                for _ in 0..<2 {
                    let fault = Result { try Self.check(sections, [row]) }
                    let isMet = (try? fault.get()) == nil
                    #expect(isMet == touched.contains(bad), "row \(row)")
                }
            }
            #expect(throws: StorageError.self) { try Self.checkRest(sections) }
            #expect(!sections.hasWholeEmbeddings)
            #expect(throws: StorageError.self) { try sections.require(.embeddings) }
        }
    }

    @Test("what is checked in blocks is checked; it isn't read again")
    func all() throws {
        let disk = try Self.written()
        let sections = try Self.unread(disk)
        #expect(sections.takeRest() && !sections.takeRest())
        try Self.check(sections, [0, 299, 150, 150])
        let before = disk.operationCount
        try Self.check(sections, [0, 299, 150])
        #expect(disk.operationCount == before)
        #expect(!sections.hasWholeEmbeddings && !sections.has(.embeddings))
        try Self.checkRest(sections)
        #expect(sections.hasWholeEmbeddings && sections.has(.embeddings))
        let last = disk.operationCount
        try sections.require(.embeddings)
        try Self.check(sections, Array(0..<300))
        #expect(disk.operationCount == last)
    }

    @Test("an unreadable disk is an error, and what could not be read is tried again")
    func unreadable() throws {
        let disk = try Self.written()
        let sections = try Self.unread(disk)
        disk.use(.failAll(.read, path: ".seg", errno: 5))
        #expect(throws: StorageError.self) { try Self.check(sections, [7]) }
        disk.use(.none)
        try Self.check(sections, [7])
    }

    @Test("a segment without sums, as they were before, is checked as a whole alone")
    func withoutSums() throws {
        let sections = try Self.unread(try Self.written(indexedRowsMin: .max))
        #expect(!sections.canCheckEmbeddingsByRow && !sections.takeRest())
        #expect(throws: StorageError.self) { try Self.check(sections, [0]) }
        try sections.require(.all)
        #expect(sections.hasWholeEmbeddings)
        try Self.check(sections, [0])
    }

    @Test("any flipped bit of the sums is detected before a block is checked by them")
    func sums() throws {
        let whole = try Self.written()
        let file = try SegmentFile(Self.id, in: "/segments", fileSystem: whole)
        let range = try #require(
            try file.contents(of: Self.rows.collection).sections[.embeddingSums]
        ).range
        #expect(range.count == 4 * ((300 * 400 + Self.blockBytes - 1) / Self.blockBytes))
        for bit in (range.lowerBound * 8)..<(range.upperBound * 8) {
            let disk = whole.kill()
            disk.flipBit(bit, of: Self.path)
            #expect(throws: StorageError.self) { try Self.unread(disk) }
        }
    }
}

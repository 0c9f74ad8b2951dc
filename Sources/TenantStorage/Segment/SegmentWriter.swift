import ChromaModel
import Platform
import TextIndex

/// The rows of one collection as a segment writer wants them: in insertion order, live only.
///
/// Each column is walked on its own, so that no more than a buffer is in memory.
package protocol SegmentRows: Sendable {
    var collection: CollectionID { get }
    var dimension: Int { get }
    var count: Int { get }
    func id(_ row: Int) -> RecordID
    func order(_ row: Int) -> UInt64
    func document(_ row: Int) -> String?
    func uri(_ row: Int) -> String?
    func metadata(_ row: Int) -> Metadata?
    func inverseNorm(_ row: Int) -> Float
    func withEmbedding(_ row: Int, _ body: (UnsafeBufferPointer<Float>) -> Void)
    /// Calls `body` with a row's bytes in one of the sections of texts; nil when it has none.
    func withText(
        _ kind: SectionKind, of row: Int, _ body: (UnsafeRawBufferPointer?) -> Void)
}

extension SegmentRows {
    package func withText(
        _ kind: SectionKind, of row: Int, _ body: (UnsafeRawBufferPointer?) -> Void
    ) {
        withEncodedText(kind, of: row, body)
    }

    /// The bytes that a row's value is written as.
    package func withEncodedText(
        _ kind: SectionKind, of row: Int, _ body: (UnsafeRawBufferPointer?) -> Void
    ) {
        switch kind {
        case .ids: Self.withUTF8(of: id(row).value, body)
        case .documents: Self.withUTF8(of: document(row), body)
        case .uris: Self.withUTF8(of: uri(row), body)
        case .metadatas:
            guard let metadata = metadata(row) else { return body(nil) }
            var writer = ByteWriter()
            writer.put(metadata)
            writer.finish().withUnsafeBytes { body($0) }
        default: body(nil)
        }
    }

    private static func withUTF8(of text: String?, _ body: (UnsafeRawBufferPointer?) -> Void) {
        guard var text else { return body(nil) }
        text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
}

/// Writes one segment file and syncs it.
package enum SegmentWriter {
    /// Writes `parts` to a new file in `directory` and makes file and name durable.
    ///
    /// - Parameter indexedRowsMin: collections with fewer rows get no index sections and no sums of
    ///   blocks.
    package static func write(
        _ parts: [any SegmentRows], as segment: SegmentID, in directory: String,
        fileSystem: any FileSystem, indexedRowsMin: Int = SegmentFormat.indexedRowsMin
    ) throws(FileError) {
        let path = directory + "/" + SegmentFormat.fileName(segment)
        let file = try fileSystem.open(path, .createNew)
        defer { file.close() }
        let output = SectionOutput(file)
        try output.put(SegmentFormat.magic)
        var entries = ByteWriter()
        entries.put(UInt32(parts.count))
        let trigrams =
            parts.contains { $0.count >= indexedRowsMin } ? TrigramBlockBuilder() : nil
        for rows in parts {
            let isIndexed = rows.count >= indexedRowsMin
            try write(
                rows, to: output, entries: &entries, isIndexed: isIndexed,
                trigrams: isIndexed ? trigrams : nil)
        }
        try writeDirectory(entries.finish(), to: output)
        try file.syncData()
        try fileSystem.syncDirectory(directory)
    }

    private static func write(
        _ rows: any SegmentRows, to output: SectionOutput, entries: inout ByteWriter,
        isIndexed: Bool, trigrams: TrigramBlockBuilder?
    ) throws(FileError) {
        entries.put(rows.collection.uuid)
        entries.put(UInt32(rows.dimension))
        entries.put(UInt32(rows.count))
        entries.put(UInt32(8 + (isIndexed ? 2 : 0) + (trigrams == nil ? 0 : 1)))
        let index = isIndexed ? IndexSectionWriter(rows, trigrams) : nil
        defer { index?.cancel() }
        for kind in [.ids, .documents, .uris, .metadatas] as [SectionKind] {
            try texts(kind, rows, output, &entries)
        }
        try section(.orders, output, &entries) { () throws(FileError) in
            for row in 0..<rows.count { try output.put(rows.order(row)) }
        }
        try section(.inverseNorms, output, &entries) { () throws(FileError) in
            for row in 0..<rows.count { try output.put(rows.inverseNorm(row).bitPattern) }
        }
        try embeddings(rows, output, &entries, isSummed: isIndexed)
        try section(.idTable, output, &entries) { () throws(FileError) in
            let table = IDHash.table(rows.count) { IDHash.hash(rows.id($0)) }
            for slot in table { try output.put(slot) }
        }
        guard let index else { return }
        try section(.metadataPostings, output, &entries) { () throws(FileError) in
            try index.putMetadata(to: output)
        }
        guard trigrams != nil else { return }
        try section(.trigramPostings, output, &entries) { () throws(FileError) in
            try index.putTrigrams(to: output)
        }
    }

    private static func embeddings(
        _ rows: any SegmentRows, _ output: SectionOutput, _ entries: inout ByteWriter,
        isSummed: Bool
    ) throws(FileError) {
        var sums = BlockSums()
        try section(.embeddings, output, &entries) { () throws(FileError) in
            for row in 0..<rows.count {
                rows.withEmbedding(row) { embedding in
                    output.stage(UnsafeRawBufferPointer(embedding))
                    if isSummed { sums.add(UnsafeRawBufferPointer(embedding)) }
                }
                try output.flushIfFull()
            }
        }
        guard isSummed else { return }
        try section(.embeddingSums, output, &entries) { () throws(FileError) in
            for sum in sums.finish() { try output.put(sum) }
        }
    }

    /// Offsets (u64, one more than rows, relative to the first text), then the texts.
    private static func texts(
        _ kind: SectionKind, _ rows: any SegmentRows, _ output: SectionOutput,
        _ entries: inout ByteWriter
    ) throws(FileError) {
        try section(kind, output, &entries) { () throws(FileError) in
            var offset: UInt64 = 0
            for row in 0..<rows.count {
                var byteCount: Int?
                rows.withText(kind, of: row) { byteCount = $0?.count }
                try output.put(offset | (byteCount == nil ? SegmentFormat.absentBit : 0))
                offset += UInt64(byteCount ?? 0)
            }
            try output.put(offset)
            for row in 0..<rows.count {
                rows.withText(kind, of: row) { bytes in
                    if let bytes { output.stage(bytes) }
                }
                try output.flushIfFull()
            }
        }
    }

    /// Runs `body`, which writes one section, and enters the section in the directory.
    private static func section(
        _ kind: SectionKind, _ output: SectionOutput, _ entries: inout ByteWriter,
        _ body: () throws(FileError) -> Void
    ) throws(FileError) {
        let start = try output.beginSection()
        try body()
        let (length, checksum) = output.endSection(from: start)
        entries.put(kind.rawValue)
        entries.put(start)
        entries.put(length)
        entries.put(checksum)
    }

    private static func writeDirectory(_ directory: [UInt8], to output: SectionOutput)
        throws(FileError)
    {
        let start = try output.beginSection()
        try output.put(directory)
        let (length, checksum) = output.endSection(from: start)
        try output.put(start)
        try output.put(UInt32(length))
        try output.put(checksum)
        try output.put(SegmentFormat.version)
        try output.put(UInt32(0))
        try output.put(SegmentFormat.magic)
        try output.flush()
    }
}

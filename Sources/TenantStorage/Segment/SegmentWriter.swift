import ChromaModel
import Platform
import TextIndex

/// The rows of one collection as a segment writer wants them: in insertion order, live only.
///
/// Each column is walked on its own, so that no more than a buffer is in memory.
package protocol SegmentRows {
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
}

/// Writes one segment file and syncs it.
package enum SegmentWriter {
    /// Writes `parts` to a new file in `directory` and makes file and name durable.
    ///
    /// - Parameter indexedRowsMin: collections with fewer rows get no index sections.
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
        entries.put(UInt32(8 + (isIndexed ? 1 : 0) + (trigrams == nil ? 0 : 1)))
        try texts(.ids, rows, output, &entries) { Array(rows.id($0).value.utf8) }
        try texts(.documents, rows, output, &entries) { rows.document($0).map { Array($0.utf8) } }
        try texts(.uris, rows, output, &entries) { rows.uri($0).map { Array($0.utf8) } }
        try texts(.metadatas, rows, output, &entries) { row in
            rows.metadata(row).map { metadata in
                var writer = ByteWriter()
                writer.put(metadata)
                return writer.finish()
            }
        }
        try section(.orders, output, &entries) { () throws(FileError) in
            for row in 0..<rows.count { try output.put(rows.order(row)) }
        }
        try section(.inverseNorms, output, &entries) { () throws(FileError) in
            for row in 0..<rows.count { try output.put(rows.inverseNorm(row).bitPattern) }
        }
        try section(.embeddings, output, &entries) { () throws(FileError) in
            for row in 0..<rows.count {
                rows.withEmbedding(row) { output.stage(UnsafeRawBufferPointer($0)) }
                try output.flushIfFull()
            }
        }
        try section(.idTable, output, &entries) { () throws(FileError) in
            let table = IDHash.table(rows.count) { IDHash.hash(rows.id($0)) }
            for slot in table { try output.put(slot) }
        }
        if isIndexed {
            try section(.metadataPostings, output, &entries) { () throws(FileError) in
                try MetadataIndexWriter.write(rows, to: output)
            }
        }
        if let trigrams {
            try section(.trigramPostings, output, &entries) { () throws(FileError) in
                try TrigramIndexWriter.write(rows, trigrams, to: output)
            }
        }
    }

    /// Offsets (u64, one more than rows, relative to the first text), then the texts.
    private static func texts(
        _ kind: SectionKind, _ rows: any SegmentRows, _ output: SectionOutput,
        _ entries: inout ByteWriter, _ text: (Int) -> [UInt8]?
    ) throws(FileError) {
        try section(kind, output, &entries) { () throws(FileError) in
            var offset: UInt64 = 0
            for row in 0..<rows.count {
                let bytes = text(row)
                try output.put(offset | (bytes == nil ? SegmentFormat.absentBit : 0))
                offset += UInt64(bytes?.count ?? 0)
            }
            try output.put(offset)
            for row in 0..<rows.count {
                if let bytes = text(row) { try output.put(bytes) }
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

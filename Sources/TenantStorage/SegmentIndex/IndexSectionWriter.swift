import Platform
import TextIndex

/// Writes the index sections of one collection's rows, of many rows with blocks that other
/// threads make from the beginning on.
struct IndexSectionWriter {
    private let rows: any SegmentRows
    private let trigrams: TrigramBlockBuilder?
    private let metadataAhead: BlocksAhead?
    private let trigramsAhead: BlocksAhead?

    /// - Parameter trigrams: nobody else's until the sections are written; nil: there is to be no
    ///   such section.
    init(_ rows: any SegmentRows, _ trigrams: TrigramBlockBuilder?) {
        self.rows = rows
        self.trigrams = trigrams
        let isLarge = rows.count >= BlocksAhead.rowsMin
        metadataAhead = isLarge ? Self.metadataAhead(rows) : nil
        trigramsAhead = isLarge ? trigrams.map { Self.trigramsAhead(rows, $0) } : nil
    }

    /// Ends the threads, when the sections won't be written.
    func cancel() {
        metadataAhead?.cancel()
        trigramsAhead?.cancel()
    }

    func putMetadata(to output: SectionOutput) throws(FileError) {
        guard let metadataAhead else {
            return try MetadataIndexWriter.forEachBlock(of: rows) { (block) throws(FileError) in
                try output.put(block)
            }
        }
        while let block = metadataAhead.next() { try output.put(block) }
    }

    func putTrigrams(to output: SectionOutput) throws(FileError) {
        if let trigramsAhead {
            while let block = trigramsAhead.next() { try output.put(block) }
        } else if let trigrams {
            try TrigramIndexWriter.forEachBlock(of: rows, trigrams) { (block) throws(FileError) in
                try output.put(block)
            }
        }
    }

    private static func metadataAhead(_ rows: any SegmentRows) -> BlocksAhead {
        BlocksAhead { (put) throws(CancellationError) in
            try MetadataIndexWriter.forEachBlock(of: rows, put)
        }
    }

    private static func trigramsAhead(_ rows: any SegmentRows, _ builder: TrigramBlockBuilder)
        -> BlocksAhead
    {
        // Safe: nobody else uses the builder until the last block was taken, or ever again when
        // the blocks aren't wanted any more.
        nonisolated(unsafe) let builder = builder
        return BlocksAhead { (put) throws(CancellationError) in
            try TrigramIndexWriter.forEachBlock(of: rows, builder, put)
        }
    }
}

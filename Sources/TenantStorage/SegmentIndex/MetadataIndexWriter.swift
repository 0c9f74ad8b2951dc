import Platform

/// Makes the metadata section of a collection's rows, block by block.
enum MetadataIndexWriter {
    /// Bounds of a block: memory while writing is about 50 bytes a value.
    static let blockRowsMax = 1 << 17
    static let blockValuesMax = 1 << 19

    static func forEachBlock<Failure>(
        of rows: any SegmentRows, _ put: (NewIndexBlock) throws(Failure) -> Void
    ) throws(Failure) {
        var builder = MetadataBlockBuilder()
        var firstRow = 0
        for row in 0..<rows.count {
            if let metadata = rows.metadata(row) { builder.add(metadata, row: UInt32(row)) }
            let count = row + 1 - firstRow
            let isFull = count >= blockRowsMax || builder.postingCount >= blockValuesMax
            guard isFull || row + 1 == rows.count else { continue }
            try put(
                NewIndexBlock(firstRow: firstRow, rowCount: count, body: builder.finish()))
            builder = MetadataBlockBuilder()
            firstRow = row + 1
        }
    }
}

import Platform
import TextIndex

/// Makes the trigram section of a collection's documents, block by block.
enum TrigramIndexWriter {
    /// Bounds of a block: memory while writing is a small multiple of the bytes.
    static let blockRowsMax = 1 << 16
    static let blockBytesMax = 8 << 20
    /// Rows of every block but the last are a multiple of it.
    private static let rowStep = 64

    static func forEachBlock<Failure>(
        of rows: any SegmentRows, _ builder: TrigramBlockBuilder,
        _ put: (NewIndexBlock) throws(Failure) -> Void
    ) throws(Failure) {
        var documents: [String?] = []
        var bytes = 0
        for row in 0..<rows.count {
            let document = rows.document(row)
            bytes += document?.utf8.count ?? 0
            documents.append(document)
            let isFull = documents.count >= blockRowsMax || bytes >= blockBytesMax
            guard row + 1 == rows.count || isFull && documents.count % rowStep == 0 else {
                continue
            }
            try put(
                NewIndexBlock(
                    firstRow: row + 1 - documents.count, rowCount: documents.count,
                    body: builder.block(of: documents)))
            documents.removeAll(keepingCapacity: true)
            bytes = 0
        }
    }
}

import Synchronization

// Embeddings are most of a segment's bytes, and a search by an index reads few of them: so they can
// be checked a few rows at a time. Before that the section `embeddingSums` must be required.
extension SegmentSections {
    /// Whether embeddings can be checked by row, or need not be any more.
    package var canCheckEmbeddingsByRow: Bool { blocks != nil || hasWholeEmbeddings }

    /// Reads and checks what some rows' embeddings lie in, unless that was done. Blocking.
    ///
    /// - Throws: `StorageError` when a byte of it is unreadable or damaged, or when the segment
    ///   has no sums to check them by.
    package func checkEmbeddings(of rows: UnsafeBufferPointer<UInt32>) throws(StorageError) {
        if hasWholeEmbeddings { return }
        guard let blocks else { throw file.corrupt(0, "the embeddings were not checked") }
        try blocks.check(rows, rowBytes: dimension * MemoryLayout<Float>.stride)
    }

    /// Whether there are unchecked embeddings and the caller is the one to check them: said once.
    package func takeRest() -> Bool {
        guard blocks != nil, !hasWholeEmbeddings else { return false }
        return !isRestTaken.exchange(true, ordering: .relaxed)
    }

    /// Checks some blocks of the embeddings, from one on. Blocking for some ms.
    ///
    /// - Returns: the block to go on with; nil: all are checked now.
    /// - Throws: `StorageError` when one is unreadable or damaged.
    package func checkRest(from block: Int) throws(StorageError) -> Int? {
        guard let blocks, !hasWholeEmbeddings else { return nil }
        let next = block + Self.blocksPerPiece
        try blocks.check(from: block, countMax: Self.blocksPerPiece)
        if next < blocks.count { return next }
        noteWholeEmbeddings()
        return nil
    }

    /// So few that one thread reads them.
    private static var blocksPerPiece: Int { 64 }
}

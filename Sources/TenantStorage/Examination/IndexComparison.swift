import ChromaModel
import TextIndex

/// Compares the index sections of a collection, and the sums of its embeddings' blocks, with what
/// its rows give: a checksum says that an index is as it was written, this says that it is right.
///
/// Each block is made again from the rows it says it is of, so that it takes a block's memory.
struct IndexComparison {
    let columns: SegmentColumns

    /// The first byte of a section that differs; nil when none does.
    func fault(in section: UnsafeRawBufferPointer, of kind: SectionKind) -> Int? {
        if kind == .embeddingSums { return faultyByte(ofSums: section) }
        guard let make = blockMaker(of: kind) else { return nil }
        let isAligned = Int(bitPattern: section.baseAddress) % IndexBlock.alignment == 0
        guard isAligned,
            let blocks = IndexBlock.blocks(in: section, rowCount: columns.rowCount)
        else { return 0 }
        var start = 0
        for block in blocks {
            let body = start + IndexBlock.headBytes
            let rows = block.firstRow..<(block.firstRow + block.rowCount)
            if let place = Self.difference(block.body, make(rows)) { return body + place }
            start = body + block.body.count
        }
        return nil
    }

    private func faultyByte(ofSums section: UnsafeRawBufferPointer) -> Int? {
        var sums = BlockSums()
        for row in 0..<columns.rowCount {
            columns.withEmbedding(row) { sums.add(UnsafeRawBufferPointer($0)) }
        }
        return sums.finish().map(\.littleEndian).withUnsafeBytes { expected in
            if expected.count != section.count { return 0 }
            return section.indices.first { section[$0] != expected[$0] }
        }
    }

    /// Makes the body of a block of some rows; nil for sections that are no index.
    private func blockMaker(of kind: SectionKind) -> ((Range<Int>) -> [UInt8])? {
        switch kind {
        case .metadataPostings: metadataBlock
        case .trigramPostings:
            TrigramBlockBuilder().map { builder in
                { rows in builder.block(of: rows.map { columns.document($0) }) }
            }
        default: nil
        }
    }

    private func metadataBlock(of rows: Range<Int>) -> [UInt8] {
        var builder = MetadataBlockBuilder()
        for row in rows {
            if let metadata = columns.metadata(row) { builder.add(metadata, row: UInt32(row)) }
        }
        return builder.finish()
    }

    /// The first place where a stored body is not the expected one, padded with zeros.
    private static func difference(_ stored: UnsafeRawBufferPointer, _ expected: [UInt8]) -> Int? {
        let alignment = IndexBlock.alignment
        guard stored.count == (expected.count + alignment - 1) / alignment * alignment else {
            return 0
        }
        return stored.indices.first {
            stored[$0] != ($0 < expected.count ? expected[$0] : 0)
        }
    }
}

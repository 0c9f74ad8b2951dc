import ChromaModel

/// Which rows of a segment have which metadata; read in place from the mapped file.
package struct MetadataIndex: Sendable {
    private let blocks: [MetadataBlock]

    /// Nil when the bytes are no metadata section of that many rows.
    init?(_ section: UnsafeRawBufferPointer, rowCount: Int) {
        guard let found = IndexBlock.blocks(in: section, rowCount: rowCount) else { return nil }
        var blocks: [MetadataBlock] = []
        for block in found {
            let rows = block.firstRow..<(block.firstRow + block.rowCount)
            guard let metadata = MetadataBlock(block.body, rowRange: rows) else { return nil }
            blocks.append(metadata)
        }
        self.blocks = blocks
    }

    /// The rows whose value of `key` is what one of the terms says.
    ///
    /// - Returns: runs of row numbers; a row is in several when several terms say it. They
    ///   live as long as the segment.
    package func rows(_ key: MetadataKey, _ terms: [MetadataTerm]) -> [UnsafeBufferPointer<UInt32>]
    {
        var runs: [UnsafeBufferPointer<UInt32>] = []
        for block in blocks {
            for term in terms { Self.append(block, key, term, to: &runs) }
        }
        return runs
    }

    private static func append(
        _ block: MetadataBlock, _ key: MetadataKey, _ term: MetadataTerm,
        to runs: inout [UnsafeBufferPointer<UInt32>]
    ) {
        func add(_ type: IndexedType, _ rows: (FieldPostings) -> UnsafeBufferPointer<UInt32>) {
            guard let run = block.postings(key, type).map(rows), !run.isEmpty else { return }
            runs.append(run)
        }
        switch term {
        case .text(let digest): add(.string) { $0.rows(with: digest) }
        case .bool(let bool): add(.bool) { $0.rows(with: IndexedWord.word(bool)) }
        case .numbers(let range):
            add(.int) { $0.rows(in: range) { .int(IndexedWord.int($0)) } }
            add(.float) { $0.rows(in: range) { .float(IndexedWord.float($0)) } }
        case .textElement(let digest): add(.strings) { $0.rows(with: digest) }
        case .boolElement(let bool): add(.bools) { $0.rows(with: IndexedWord.word(bool)) }
        case .intElement(let int): add(.ints) { $0.rows(with: IndexedWord.word(int)) }
        case .floatElement(let float): add(.floats) { $0.rows(with: IndexedWord.word(float)) }
        }
    }
}

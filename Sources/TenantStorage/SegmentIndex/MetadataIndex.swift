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
            for term in terms {
                for run in Self.runs(block, key, term) where !run.isEmpty { runs.append(run) }
            }
        }
        return runs
    }

    private static func runs(_ block: MetadataBlock, _ key: MetadataKey, _ term: MetadataTerm)
        -> [UnsafeBufferPointer<UInt32>]
    {
        func field(_ type: IndexedType) -> FieldPostings? { block.postings(key, type) }
        let found: [UnsafeBufferPointer<UInt32>?] =
            switch term {
            case .text(let digest): [field(.string)?.rows(with: digest)]
            case .bool(let bool): [field(.bool)?.rows(with: IndexedWord.word(bool))]
            case .numbers(let range):
                [
                    field(.int)?.rows(in: range) { .int(IndexedWord.int($0)) },
                    field(.float)?.rows(in: range) { .float(IndexedWord.float($0)) },
                ]
            case .textElement(let digest): [field(.strings)?.rows(with: digest)]
            case .boolElement(let bool): [field(.bools)?.rows(with: IndexedWord.word(bool))]
            case .intElement(let int): [field(.ints)?.rows(with: IndexedWord.word(int))]
            case .floatElement(let float): [field(.floats)?.rows(with: IndexedWord.word(float))]
            }
        return found.compactMap { $0 }
    }
}

import ChromaModel
import TextIndex

/// Which documents of a segment may hold a literal; read in place from the mapped file.
package struct TrigramIndex: Sendable {
    private struct Block: Sendable {
        let firstRow: Int
        let trigrams: TrigramBlock
    }

    private let blocks: [Block]
    private let rowCount: Int

    /// Nil when the bytes are no trigram section of that many rows.
    init?(_ section: UnsafeRawBufferPointer, rowCount: Int) {
        guard let found = IndexBlock.blocks(in: section, rowCount: rowCount) else { return nil }
        var blocks: [Block] = []
        for block in found {
            guard let trigrams = TrigramBlock(block.body, rowCount: block.rowCount),
                block.firstRow % 64 == 0
            else { return nil }
            blocks.append(Block(firstRow: block.firstRow, trigrams: trigrams))
        }
        self.blocks = blocks
        self.rowCount = rowCount
    }

    /// The rows whose documents have all the trigrams; all rows when there are none.
    package func rows(holding trigrams: TrigramSet) -> RowBitmap {
        var rows = RowBitmap(rowCount: rowCount)
        for block in blocks {
            rows.insert(block.trigrams.rows(holding: trigrams), at: block.firstRow)
        }
        return rows
    }

    /// The rows whose documents a regular expression with those literals may match.
    package func rows(matching literals: RegexLiterals) -> RowBitmap {
        literals.candidates(literals.atoms.map { rows(holding: $0) })
    }
}

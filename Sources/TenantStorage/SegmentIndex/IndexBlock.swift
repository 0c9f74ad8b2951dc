import ChromaModel
import Platform

/// Some consecutive rows of a segment's index section.
///
/// ```
/// section = block*                                             blocks begin at multiples of 8
/// block   = firstRow:u32 rowCount:u32 byteCount:u64 body       little-endian
/// ```
/// An index is cut into blocks so that writing one takes bounded memory, whatever the segment's
/// size: each block is built, written and forgotten.
struct IndexBlock {
    static let headBytes = 16
    static let alignment = 8

    let firstRow: Int
    let rowCount: Int
    let body: UnsafeRawBufferPointer

    /// The blocks of a section; nil when they are not one behind the other over all the rows.
    static func blocks(in section: UnsafeRawBufferPointer, rowCount: Int) -> [IndexBlock]? {
        var blocks: [IndexBlock] = []
        var nextRow = 0
        var rest = section[...]
        while !rest.isEmpty {
            guard rest.count >= headBytes else { return nil }
            let bytes = UnsafeRawBufferPointer(rebasing: rest)
            let firstRow = Int(UInt32(littleEndian: bytes.load(as: UInt32.self)))
            let rows = Int(
                UInt32(littleEndian: bytes.load(fromByteOffset: 4, as: UInt32.self)))
            let length = UInt64(littleEndian: bytes.load(fromByteOffset: 8, as: UInt64.self))
            guard firstRow == nextRow, rows <= rowCount - firstRow,
                length % 8 == 0, length <= UInt64(bytes.count - headBytes)
            else { return nil }
            let end = headBytes + Int(length)
            blocks.append(
                IndexBlock(
                    firstRow: firstRow, rowCount: rows,
                    body: UnsafeRawBufferPointer(rebasing: bytes[headBytes..<end])))
            nextRow += rows
            rest = rest.dropFirst(end)
        }
        return nextRow == rowCount ? blocks : nil
    }
}

/// A block that is to be written.
struct NewIndexBlock: Sendable {
    let firstRow: Int
    let rowCount: Int
    let body: [UInt8]
}

extension SectionOutput {
    /// Writes one block, its body padded with zeros.
    func put(_ block: NewIndexBlock) throws(FileError) {
        let padding = (8 - block.body.count % 8) % 8
        try put(UInt32(block.firstRow))
        try put(UInt32(block.rowCount))
        try put(UInt64(block.body.count + padding))
        try put(block.body)
        try put([UInt8](repeating: 0, count: padding))
    }
}

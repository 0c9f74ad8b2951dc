/// The bytes of a segment file: rows of one or several collections, immutable.
///
/// ```
/// file      = magic section* directory trailer           sections begin at multiples of 64
/// directory = collections, each: id, dimension, rows, sections (kind, offset, length, CRC-32C)
/// trailer   = offset:u64 length:u32 crc:u32 version:u32 zero:u32 magic     32 bytes
/// ```
/// Every byte is covered: sections by the directory's CRCs, the directory by the trailer's, the
/// trailer by being what it must be. The padding must be zero.
/// Embeddings, most of the bytes, have a CRC a block as well, so that few of them can be read by
/// themselves. Little-endian throughout.
package enum SegmentFormat {
    static let magic: [UInt8] = Array("TESSSEG\n".utf8)
    static let version: UInt32 = 1
    static let alignment = 64
    static let trailerBytes = 32
    /// Marks an absent text in a column's offsets.
    static let absentBit: UInt64 = 1 << 63
    /// Fewer rows than this are walked as fast as they are looked up: no index is written.
    package static let indexedRowsMin = 256

    /// Bytes of the embeddings that one sum of `embeddingSums` is of; of the last, what is left.
    static let embeddingBlockBytes = 16 << 10

    static func fileName(_ segment: SegmentID) -> String { "\(segment).seg" }
}

/// What a section holds. Numbers are never reused; a reader ignores kinds it does not know.
package enum SectionKind: UInt16, CaseIterable, Sendable {
    /// Texts: the ids.
    case ids = 1
    /// u64 a row: its place in insertion order, rising.
    case orders = 2
    /// Texts, absent ones marked.
    case documents = 3
    case uris = 4
    /// Serialized metadata maps, absent ones marked.
    case metadatas = 5
    /// f32, dimension a row.
    case embeddings = 6
    /// f32 a row: 1/‖row‖.
    case inverseNorms = 7
    /// u32 slots of an open-addressing hash table of the ids: row + 1, or 0.
    case idTable = 8
    /// Reserved: 4-bit codes, 1-bit codes and the graph over them.
    case codes4 = 16
    case codes1 = 17
    case graph = 18
    /// u32 a block of the embeddings: its CRC-32C. Optional, and of the same rows as the indexes.
    case embeddingSums = 24
    /// Which rows have which metadata values (`MetadataIndex`). Optional.
    case metadataPostings = 32
    /// Which documents have which trigrams (`TrigramIndex`). Optional.
    case trigramPostings = 33
    /// Reserved: sparse postings.
    case sparsePostings = 34
}

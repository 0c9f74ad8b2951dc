import ChromaModel
import Platform
import Synchronization

/// The rows of one collection in a segment, read in place from the mapped file.
///
/// Row numbers rise in insertion order. Sections are read and checked by `require`, each once;
/// reading rows needs no errors then, and must not be tried before; but that of single embeddings
/// is enough where `checkEmbeddings` was asked for their rows. A bit that goes bad after the
/// check can make a row's value wrong or missing, but never leads outside of its section.
package final class SegmentSections: @unchecked Sendable {
    // Safe to share: all pointers lead into the file's read-only map, which `file` keeps.
    package let file: SegmentFile
    package let collection: CollectionID
    package let dimension: Int
    package let rowCount: Int
    package let embeddings: UnsafePointer<Float>
    package let inverseNorms: UnsafePointer<Float>
    package let orders: UnsafePointer<UInt64>
    /// What recent filters came to.
    package let filterCache = FilterCache()
    let ids: TextColumn
    let documents: TextColumn
    let uris: TextColumn
    let metadatas: TextColumn
    /// The embeddings, where some of them can be checked by themselves.
    let blocks: CheckedBlocks?
    private let areEmbeddingsWhole = Atomic(false)
    /// Whether somebody checks what of the embeddings no search has touched.
    let isRestTaken = Atomic(false)
    private let idTable: UnsafeBufferPointer<UInt32>
    private let contents: SegmentContents
    private let toldExtent: SegmentExtent?
    private let checked: Mutex<Checked>

    private struct Checked {
        /// The sections that were read and found whole, or that there are none of.
        var sections: SectionSet
        var metadataIndex: MetadataIndex?
        var trigramIndex: TrigramIndex?
    }

    /// - Parameter extent: nil when nobody says what it should be.
    init(file: SegmentFile, contents: SegmentContents, extent: SegmentExtent? = nil)
        throws(StorageError)
    {
        self.file = file
        self.contents = contents
        toldExtent = extent
        collection = contents.collection
        dimension = contents.dimension
        rowCount = contents.rowCount
        let reader = SectionReader(file: file, contents: contents)
        embeddings = try reader.array(.embeddings, count: rowCount * dimension)
        inverseNorms = try reader.array(.inverseNorms, count: rowCount)
        orders = try reader.array(.orders, count: rowCount)
        ids = try reader.texts(.ids)
        documents = try reader.texts(.documents)
        uris = try reader.texts(.uris)
        metadatas = try reader.texts(.metadatas)
        blocks = try reader.embeddingBlocks()
        let slots = IDHash.slotCount(rowCount)
        idTable = UnsafeBufferPointer(start: try reader.array(.idTable, count: slots), count: slots)
        let absent = SectionSet.all.kinds.filter { contents.sections[$0] == nil }
        checked = Mutex(Checked(sections: SectionSet(absent.map { SectionSet($0) })))
    }

    /// What there is of the collection. Needs `orders`, unless the checkpoint told.
    package var extent: SegmentExtent {
        toldExtent
            ?? SegmentExtent(
                rowCount: rowCount,
                orders: rowCount > 0 ? orders[0]...max(orders[0], orders[rowCount - 1]) : nil)
    }

    /// Nil when the segment has no such index; then its rows are walked.
    package var metadataIndex: MetadataIndex? { checked.withLock { $0.metadataIndex } }
    package var trigramIndex: TrigramIndex? { checked.withLock { $0.trigramIndex } }

    /// Whether the sections need no reading any more.
    package func has(_ sections: SectionSet) -> Bool {
        checked.withLock { $0.sections.isSuperset(of: sections) }
    }

    /// Reads sections and checks them, those that weren't before. Blocking.
    ///
    /// - Throws: `StorageError` when the file is gone, unreadable or damaged.
    package func require(_ sections: SectionSet) throws(StorageError) {
        let missing = checked.withLock { sections.subtracting($0.sections) }
        if missing.isEmpty { return }
        try recheck(missing)
        let reader = SectionReader(file: file, contents: contents)
        for kind in missing.kinds { try checkShape(kind, reader) }
        let metadata =
            missing.contains(.metadataPostings)
            ? try reader.index(.metadataPostings, MetadataIndex.init) : nil
        let trigrams =
            missing.contains(.trigramPostings)
            ? try reader.index(.trigramPostings, TrigramIndex.init) : nil
        checked.withLock { checked in
            checked.metadataIndex = checked.metadataIndex ?? metadata
            checked.trigramIndex = checked.trigramIndex ?? trigrams
            note(missing, in: &checked)
        }
    }

    /// Whether all embeddings are checked.
    package var hasWholeEmbeddings: Bool { areEmbeddingsWhole.load(ordering: .acquiring) }

    /// All embeddings are checked, in whatever way.
    func noteWholeEmbeddings() { checked.withLock { note(.embeddings, in: &$0) } }

    /// Sections need no reading any more. Who sees that of the embeddings sees them whole.
    private func note(_ sections: SectionSet, in checked: inout Checked) {
        checked.sections.formUnion(sections)
        if sections.isSuperset(of: .embeddings) {
            areEmbeddingsWhole.store(true, ordering: .releasing)
        }
    }

    /// Reads sections and compares them with their checksums, whether that was done or not.
    package func recheck(_ sections: SectionSet) throws(StorageError) {
        try file.check(sections.kinds.compactMap { contents.sections[$0] })
    }

    /// Checks what a checksum doesn't say: that the bytes are what such a section must be.
    private func checkShape(_ kind: SectionKind, _ reader: SectionReader) throws(StorageError) {
        switch kind {
        case .ids, .documents, .uris, .metadatas: try reader.checkTexts(kind)
        case .orders:
            guard rowCount > 0, let expected = toldExtent?.orders else { return }
            guard orders[0] == expected.lowerBound, orders[rowCount - 1] == expected.upperBound
            else { throw file.corrupt(0, "its rows are others than the checkpoint says") }
        default: break
        }
    }

    package func id(_ row: Int) -> RecordID { RecordID(ids.text(row) ?? "") }
    package func document(_ row: Int) -> String? { documents.text(row) }
    package func uri(_ row: Int) -> String? { uris.text(row) }

    /// The UTF-8 of a document, valid as long as the segment.
    package func documentBytes(_ row: Int) -> UnsafeRawBufferPointer? { documents.bytes(row) }

    /// A row's bytes in a section of texts, as a writer copies them; valid as long as the segment.
    package func textBytes(_ kind: SectionKind, _ row: Int) -> UnsafeRawBufferPointer? {
        switch kind {
        case .ids: ids.bytes(row)
        case .documents: documents.bytes(row)
        case .uris: uris.bytes(row)
        case .metadatas: metadatas.bytes(row)
        default: nil
        }
    }

    package func metadata(_ row: Int) -> Metadata? {
        guard let bytes = metadatas.bytes(row) else { return nil }
        return try? LogEntryReader.metadata(from: bytes)
    }

    /// One value of a row's metadata, without reading the others.
    package func metadataValue(_ row: Int, _ key: MetadataKey) -> MetadataValue? {
        guard let bytes = metadatas.bytes(row) else { return nil }
        return try? LogEntryReader.metadataValue(key, from: bytes)
    }

    package func embedding(_ row: Int) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(start: embeddings + row * dimension, count: dimension)
    }

    /// The row with that id, if there is one.
    package func row(of id: RecordID) -> Int? {
        guard rowCount > 0 else { return nil }
        var copy = id.value
        return copy.withUTF8 { wanted in
            let wanted = UnsafeRawBufferPointer(wanted)
            let mask = idTable.count - 1
            var slot = Int(truncatingIfNeeded: IDHash.hash(wanted)) & mask
            for _ in 0..<idTable.count {
                let row = Int(idTable[slot]) - 1
                guard (0..<rowCount).contains(row) else { return nil }
                if let bytes = ids.bytes(row), bytes.elementsEqual(wanted) { return row }
                slot = (slot + 1) & mask
            }
            return nil
        }
    }
}

/// One text, or nil, for each row: offsets, then the bytes.
struct TextColumn {
    private let offsets: UnsafePointer<UInt64>
    private let texts: UnsafeRawBufferPointer

    fileprivate init(offsets: UnsafePointer<UInt64>, texts: UnsafeRawBufferPointer) {
        self.offsets = offsets
        self.texts = texts
    }

    func bytes(_ row: Int) -> UnsafeRawBufferPointer? {
        let start = UInt64(littleEndian: offsets[row])
        guard start & SegmentFormat.absentBit == 0 else { return nil }
        let end = UInt64(littleEndian: offsets[row + 1]) & ~SegmentFormat.absentBit
        guard start <= end, end <= UInt64(texts.count) else { return nil }
        return UnsafeRawBufferPointer(rebasing: texts[Int(start)..<Int(end)])
    }

    func isOrdered(rowCount: Int) -> Bool {
        var last: UInt64 = 0
        for row in 0...rowCount {
            let offset = UInt64(littleEndian: offsets[row]) & ~SegmentFormat.absentBit
            guard offset >= last, offset <= UInt64(texts.count) else { return false }
            last = offset
        }
        return true
    }

    func text(_ row: Int) -> String? {
        bytes(row).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Finds the sections of one collection and checks their lengths.
private struct SectionReader {
    let file: SegmentFile
    let contents: SegmentContents

    /// A section that is exactly `count` values.
    func array<Value>(_ kind: SectionKind, count: Int) throws(StorageError)
        -> UnsafePointer<Value>
    {
        let bytes = try section(kind)
        guard bytes.count == count * MemoryLayout<Value>.stride,
            let start = bytes.baseAddress ?? file.map.bytes.baseAddress
        else { throw file.corrupt(0, "section \(kind) has the wrong length") }
        return start.assumingMemoryBound(to: Value.self)
    }

    func texts(_ kind: SectionKind) throws(StorageError) -> TextColumn {
        let bytes = try section(kind)
        let head = (contents.rowCount + 1) * 8
        guard bytes.count >= head, let start = bytes.baseAddress else {
            throw file.corrupt(0, "section \(kind) is too short")
        }
        return TextColumn(
            offsets: start.assumingMemoryBound(to: UInt64.self),
            texts: UnsafeRawBufferPointer(rebasing: bytes[head...]))
    }

    /// Checks that each text lies behind the one before it, within the section.
    func checkTexts(_ kind: SectionKind) throws(StorageError) {
        let column = try texts(kind)
        guard column.isOrdered(rowCount: contents.rowCount) else {
            throw file.corrupt(0, "section \(kind) has offsets out of order")
        }
    }

    /// An index section, if the segment has it.
    func index<Index>(
        _ kind: SectionKind, _ open: (UnsafeRawBufferPointer, _ rowCount: Int) -> Index?
    ) throws(StorageError) -> Index? {
        guard contents.sections[kind] != nil else { return nil }
        guard let index = open(try section(kind), contents.rowCount) else {
            throw file.corrupt(0, "section \(kind) does not parse")
        }
        return index
    }

    /// The embeddings in blocks; nil when there are no sums of them.
    func embeddingBlocks() throws(StorageError) -> CheckedBlocks? {
        guard contents.sections[.embeddingSums] != nil,
            let range = contents.sections[.embeddings]?.range
        else { return nil }
        return CheckedBlocks(
            range, of: CheckedReads(file: file.map, path: file.path),
            sums: try array(.embeddingSums, count: CheckedBlocks.count(of: range.count)))
    }

    private func section(_ kind: SectionKind) throws(StorageError) -> UnsafeRawBufferPointer {
        guard let section = contents.sections[kind] else {
            throw file.corrupt(0, "section \(kind) is missing")
        }
        return UnsafeRawBufferPointer(rebasing: file.map.bytes[section.range])
    }
}

import ChromaModel
import Platform

/// The columns of a segment's rows that are in no other file, checked through and through.
///
/// Unlike `SegmentSections` it needs no derived section, so rows can be copied out of a segment
/// whose id table or index is damaged.
package final class SegmentColumns: @unchecked Sendable {
    // Safe to share: everything is read from the read-only map, which this keeps.
    package let collection: CollectionID
    package let dimension: Int
    package let rowCount: Int
    private let map: any MappedFile
    private let ids: ColumnTexts
    private let documents: ColumnTexts
    private let uris: ColumnTexts
    private let metadatas: ColumnTexts
    private let orders: UnsafeRawBufferPointer
    private let embeddings: UnsafeRawBufferPointer

    /// - Throws: `StorageError.corrupt` when a column is missing or does not parse.
    init(
        _ entry: SegmentDirectory.Entry, _ sections: [SegmentExamination.Section],
        map: any MappedFile, path: String
    ) throws(StorageError) {
        collection = entry.collection
        dimension = entry.dimension
        rowCount = entry.rowCount
        self.map = map
        let reader = ColumnReader(
            path: path, map: map, sections: sections, rowCount: entry.rowCount)
        ids = try reader.texts(.ids)
        documents = try reader.texts(.documents)
        uris = try reader.texts(.uris)
        metadatas = try reader.texts(.metadatas)
        orders = try reader.fixed(.orders, bytesOfRow: 8)
        embeddings = try reader.fixed(.embeddings, bytesOfRow: entry.dimension * 4)
        try check(reader)
    }

    package func id(_ row: Int) -> RecordID { RecordID(ids.text(row) ?? "") }
    package func document(_ row: Int) -> String? { documents.text(row) }
    package func uri(_ row: Int) -> String? { uris.text(row) }

    package func metadata(_ row: Int) -> Metadata? {
        guard let bytes = metadatas.bytes(row) else { return nil }
        return try? LogEntryReader.metadata(from: bytes)
    }

    package func order(_ row: Int) -> UInt64 {
        UInt64(littleEndian: orders.loadUnaligned(fromByteOffset: row * 8, as: UInt64.self))
    }

    package func withEmbedding<Result>(
        _ row: Int, _ body: (UnsafeBufferPointer<Float>) -> Result
    ) -> Result {
        let start = embeddings.baseAddress.map { $0 + row * dimension * 4 }
        let floats = start?.assumingMemoryBound(to: Float.self)
        return body(UnsafeBufferPointer(start: floats, count: floats == nil ? 0 : dimension))
    }

    /// Whether a stored table is the one that a writer makes of these ids.
    func matches(idTable stored: Slice<UnsafeRawBufferPointer>) -> Bool {
        let slots = IDHash.table(rowCount) { ids.bytes($0).map(IDHash.hash) ?? 0 }
        return stored.count == slots.count * 4
            && slots.withUnsafeBytes { $0.elementsEqual(stored) }
    }

    /// Texts are UTF-8, ids are there and unique, metadata parses, orders rise.
    private func check(_ reader: ColumnReader) throws(StorageError) {
        try reader.checkUTF8(.ids, ids)
        try reader.checkUTF8(.documents, documents)
        try reader.checkUTF8(.uris, uris)
        var seen = Set<RecordID>()
        for row in 0..<rowCount {
            guard ids.bytes(row) != nil, seen.insert(id(row)).inserted else {
                throw reader.bad(.ids, "row \(row) has no id of its own")
            }
            guard row == 0 || order(row) > order(row - 1) else {
                throw reader.bad(.orders, "row \(row) is not behind row \(row - 1) in order")
            }
            guard let bytes = metadatas.bytes(row) else { continue }
            do { _ = try LogEntryReader.metadata(from: bytes) } catch {
                throw reader.bad(.metadatas, "row \(row): \(error)")
            }
        }
    }
}

/// A text or nil for each row, offsets checked.
private struct ColumnTexts {
    let offsets: UnsafeRawBufferPointer
    let texts: UnsafeRawBufferPointer

    func offset(_ row: Int) -> UInt64 {
        UInt64(littleEndian: offsets.loadUnaligned(fromByteOffset: row * 8, as: UInt64.self))
    }

    func bytes(_ row: Int) -> UnsafeRawBufferPointer? {
        let start = offset(row)
        guard start & SegmentFormat.absentBit == 0 else { return nil }
        let end = Int(offset(row + 1) & ~SegmentFormat.absentBit)
        return UnsafeRawBufferPointer(rebasing: texts[Int(start)..<end])
    }

    func text(_ row: Int) -> String? { bytes(row).map { String(decoding: $0, as: UTF8.self) } }
}

/// Finds the columns of one collection.
private struct ColumnReader {
    let path: String
    let map: any MappedFile
    let sections: [SegmentExamination.Section]
    let rowCount: Int

    func bad(_ kind: SectionKind, _ what: String) -> StorageError {
        let section = sections.first { $0.kind == kind }
        return .corrupt(
            file: path, offset: UInt64(section?.range.lowerBound ?? 0), "section \(kind): \(what)")
    }

    /// A section of so many bytes a row.
    func fixed(_ kind: SectionKind, bytesOfRow: Int) throws(StorageError)
        -> UnsafeRawBufferPointer
    {
        let bytes = try section(kind)
        guard bytes.count == rowCount * bytesOfRow else { throw bad(kind, "it has a wrong length") }
        return bytes
    }

    func texts(_ kind: SectionKind) throws(StorageError) -> ColumnTexts {
        let bytes = try section(kind)
        let head = (rowCount + 1) * 8
        guard bytes.count >= head else { throw bad(kind, "it is too short") }
        let column = ColumnTexts(
            offsets: UnsafeRawBufferPointer(rebasing: bytes[..<head]),
            texts: UnsafeRawBufferPointer(rebasing: bytes[head...]))
        var last: UInt64 = 0
        for row in 0...rowCount {
            let offset = column.offset(row) & ~SegmentFormat.absentBit
            guard offset >= last, offset <= UInt64(column.texts.count) else {
                throw bad(kind, "the offset of row \(row) is out of order")
            }
            last = offset
        }
        guard last == UInt64(column.texts.count) else { throw bad(kind, "bytes behind its texts") }
        return column
    }

    func checkUTF8(_ kind: SectionKind, _ column: ColumnTexts) throws(StorageError) {
        for row in 0..<rowCount {
            guard let bytes = column.bytes(row) else { continue }
            guard String(validating: bytes, as: UTF8.self) != nil else {
                throw bad(kind, "row \(row) is not UTF-8")
            }
        }
    }

    private func section(_ kind: SectionKind) throws(StorageError) -> UnsafeRawBufferPointer {
        guard let section = sections.first(where: { $0.kind == kind }) else {
            throw bad(kind, "it is missing")
        }
        return UnsafeRawBufferPointer(rebasing: map.bytes[section.range])
    }
}

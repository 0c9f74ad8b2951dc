import ChromaModel
import TenantStorage

/// The live records of a collection as a checkpoint and its segments have them, in insertion
/// order; read without an engine.
struct StoredRecords: Sendable {
    /// One record.
    struct Row: Sendable {
        let part: Int
        let row: Int
    }

    let state: CollectionState
    let parts: [SegmentSections]
    let rows: [Row]

    /// - Throws: `StorageError.corrupt` when a segment is missing or a byte of it has changed.
    init(_ collection: Checkpoint.Collection, in segments: [SegmentFile]) throws(StorageError) {
        state = collection.state
        var parts: [SegmentSections] = []
        var rows: [(order: UInt64, row: Row)] = []
        for part in collection.parts {
            guard let file = segments.first(where: { $0.id == part.segment }) else {
                throw .corrupt(file: "\(part.segment).seg", offset: 0, "the file is missing")
            }
            let sections = try file.rows(of: part.storedAs)
            let deleted = Set(part.deletedRows)
            for row in 0..<sections.rowCount where !deleted.contains(UInt32(row)) {
                rows.append((sections.orders[row], Row(part: parts.count, row: row)))
            }
            parts.append(sections)
        }
        self.parts = parts
        self.rows = rows.sorted { $0.order < $1.order }.map(\.row)
    }

    func id(_ row: Row) -> RecordID { parts[row.part].id(row.row) }
    func document(_ row: Row) -> String? { parts[row.part].document(row.row) }
    func metadata(_ row: Row) -> Metadata? { parts[row.part].metadata(row.row) }

    func embedding(_ row: Row) -> UnsafeBufferPointer<Float> { parts[row.part].embedding(row.row) }

    var digest: String {
        var digest = RecordDigest()
        for row in rows {
            let part = parts[row.part]
            digest.add(
                id(row), document: document(row), uri: part.uri(row.row), metadata: metadata(row),
                embedding: embedding(row))
        }
        return digest.finish()
    }
}

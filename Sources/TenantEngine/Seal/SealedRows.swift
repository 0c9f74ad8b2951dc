import ChromaModel
import TenantStorage

/// The live rows of some parts in insertion order, for a segment writer.
struct SealedRows: SegmentRows {
    let collection: CollectionID
    let dimension: Int
    /// Where each row comes from; parts are counted from the first that is sealed.
    let origins: [RowRef]
    private let parts: [Part]

    init(_ group: SealGroup) {
        collection = group.leader.collection.id
        dimension = group.leader.state.dimension ?? 0
        parts = group.parts
        origins = RecordSnapshot(parts: parts).liveRows
    }

    var count: Int { origins.count }

    /// About how large the rows are on disk.
    var byteCount: Int { count * (dimension * 4 + 256) }

    func id(_ row: Int) -> RecordID { read(row) { $0.id(of: $1) } }
    func order(_ row: Int) -> UInt64 { read(row) { $0.order(of: $1) } }
    func document(_ row: Int) -> String? { read(row) { $0.document(of: $1) } }
    func uri(_ row: Int) -> String? { read(row) { $0.uri(of: $1) } }
    func metadata(_ row: Int) -> Metadata? { read(row) { $0.metadata(of: $1) } }
    func inverseNorm(_ row: Int) -> Float { read(row) { $0.inverseNorm(of: $1) } }

    func withEmbedding(_ row: Int, _ body: (UnsafeBufferPointer<Float>) -> Void) {
        read(row) { $0.embedding(of: $1) }.withValues(body)
    }

    /// What is in a segment already is copied as it is there: `MergeCheck` has read it again.
    func withText(
        _ kind: SectionKind, of row: Int, _ body: (UnsafeRawBufferPointer?) -> Void
    ) {
        switch parts[Int(origins[row].part)].rows {
        case .memory: withEncodedText(kind, of: row, body)
        case .segment(let sections):
            body(sections.textBytes(kind, Int(origins[row].row)))
        }
    }

    private func read<Value>(_ row: Int, _ value: (Part, Int) -> Value) -> Value {
        value(parts[Int(origins[row].part)], Int(origins[row].row))
    }
}

import ChromaModel
import FoundationEssentials
import TesseraRPC

extension DataRecordList {
    /// The records of an answer; it has embeddings when the records show them.
    init(_ views: [RecordView]) {
        self.init()
        records = views.map(DataRecord.init)
        let shown = views.compactMap(\.embedding)
        if !shown.isEmpty { embeddings = DataEmbeddings(shown) }
    }
}

extension DataRecord {
    fileprivate init(_ view: RecordView) {
        self.init()
        id = view.id.value
        if let document = view.document { self.document = document }
        if let uri = view.uri { self.uri = uri }
        if let metadata = view.metadata { self.metadata = DataMetadata(metadata) }
        if let distance = view.distance { self.distance = distance }
    }
}

extension DataEmbeddings {
    /// Rows of one collection, so of one dimension.
    fileprivate init(_ rows: [EmbeddingView]) {
        self.init()
        let width = rows.first?.dimension ?? 0
        dimension = UInt32(width)
        var packed = Data(capacity: rows.count * width * MemoryLayout<Float>.size)
        for row in rows {
            row.withValues { values in
                for value in values {
                    withUnsafeBytes(of: value.bitPattern.littleEndian) {
                        packed.append(contentsOf: $0)
                    }
                }
            }
        }
        values = packed
    }
}

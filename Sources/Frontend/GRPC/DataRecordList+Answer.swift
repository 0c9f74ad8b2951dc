import ChromaModel
import FoundationEssentials
import TesseraRPC

extension DataRecordList {
    /// The records of an answer, showing what `include` says.
    init(_ views: [RecordView], _ include: Include) {
        self.init()
        records = views.map { DataRecord($0, include) }
        let shown = include.contains(.embeddings) ? views.compactMap(\.embedding) : []
        if !shown.isEmpty { embeddings = DataEmbeddings(shown) }
    }
}

extension DataRecord {
    fileprivate init(_ view: RecordView, _ include: Include) {
        self.init()
        id = view.id.value
        if include.contains(.documents), let document = view.document {
            self.document = document
        }
        if include.contains(.uris), let uri = view.uri {
            self.uri = uri
        }
        if include.contains(.metadatas), let metadata = view.metadata {
            self.metadata = DataMetadata(metadata)
        }
        if include.contains(.distances), let distance = view.distance {
            self.distance = distance
        }
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

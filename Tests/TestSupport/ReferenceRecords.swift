import ChromaModel
import Usage

/// One record of the reference model.
package struct ReferenceRecord: Sendable {
    package let id: RecordID
    package var embedding: [Float] = []
    package var document: String?
    package var uri: String?
    package var metadata: Metadata?

    func view(_ include: Include, distance: Float? = nil) -> RecordView {
        RecordView(
            id: id, document: include.contains(.documents) ? document : nil,
            uri: include.contains(.uris) ? uri : nil,
            metadata: include.contains(.metadatas) ? metadata : nil,
            embedding: include.contains(.embeddings) ? embeddingView : nil,
            distance: include.contains(.distances) ? distance : nil)
    }

    private var embeddingView: EmbeddingView? {
        let matrix = EmbeddingMatrix.rows([embedding])
        guard let start = matrix.values.baseAddress else { return nil }
        return EmbeddingView(owner: matrix, start: start, dimension: embedding.count)
    }
}

/// The records of one collection in order of insertion (protocol §3).
package struct ReferenceRecords: Sendable {
    private var records: [ReferenceRecord] = []

    var count: Int { records.count }

    var logicalBytes: Int {
        records.reduce(0) {
            $0 + $1.view([.documents, .uris, .metadatas, .embeddings]).logicalBytes
        }
    }

    mutating func apply(_ batch: RecordBatch, as operation: WriteOperation) {
        for (index, id) in batch.ids.enumerated() {
            let place = records.firstIndex { $0.id == id }
            switch (operation, place) {
            case (.add, nil), (.upsert, nil):
                records.append(ReferenceRecord(id: id))
                change(records.count - 1, to: batch, index)
            case (.update, let place?), (.upsert, let place?): change(place, to: batch, index)
            case (.delete, let place?): records.remove(at: place)
            case (.add, _), (.update, nil), (.delete, nil): break
            }
        }
    }

    private mutating func change(_ place: Int, to batch: RecordBatch, _ index: Int) {
        let embedding = batch.embeddings?.withRow(index) { $0.map(Array.init) }
        if let embedding = embedding ?? nil { records[place].embedding = embedding }
        if let document = batch.documents?[index] { records[place].document = document }
        if let uri = batch.uris?[index] { records[place].uri = uri }
        if let patch = batch.metadatas?[index] {
            records[place].metadata = patch.applied(to: records[place].metadata)
        }
    }

    mutating func remove(_ ids: Set<RecordID>) { records.removeAll { ids.contains($0.id) } }

    /// Throws `invalidArgument` for a pattern that is no regular expression.
    func select(_ selection: RecordSelection) throws -> [ReferenceRecord] {
        try records.filter { record in
            let isNamed = selection.ids?.contains(record.id) ?? true
            let passes = try selection.filter.map { try ReferenceFilter.matches(record, $0) }
            return isNamed && passes ?? true
        }
    }

    static func nearest(
        _ count: Int, to target: [Float], among records: [ReferenceRecord],
        _ space: DistanceSpace, _ include: Include
    ) -> [RecordView] {
        let measured = records.enumerated().map { place, record in
            (place, record, distance(space, record.embedding, target))
        }
        return measured.sorted { ($0.2, $0.0) < ($1.2, $1.0) }.prefix(count)
            .map { $0.1.view(include, distance: $0.2) }
    }

    /// Protocol §3.4, word for word.
    private static func distance(_ space: DistanceSpace, _ a: [Float], _ b: [Float]) -> Float {
        func dot(_ a: [Float], _ b: [Float]) -> Float {
            zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        }
        switch space {
        case .l2: return zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        case .ip: return 1 - dot(a, b)
        case .cosine:
            let norms = (dot(a, a) * dot(b, b)).squareRoot()
            return norms == 0 ? 1 : 1 - dot(a, b) / norms
        }
    }
}

import ChromaModel
import TenantStorage

/// Makes the records of an answer of rows: views of where the rows lie, which keep the snapshot.
///
/// They have one owner between them. With the segments as owners all threads would count
/// references to the same few objects.
struct RowViewer {
    private final class Owner: Sendable {
        let snapshot: RecordSnapshot
        init(_ snapshot: RecordSnapshot) { self.snapshot = snapshot }
    }

    private let owner: Owner
    private let include: Include

    init(_ snapshot: RecordSnapshot, _ include: Include) {
        owner = Owner(snapshot)
        self.include = include
    }

    /// Tests of metadata that take about as long as to show a row, whose pages are read.
    private static let workPerRow = 8

    /// Throws as `SearchDeadline.check` does.
    func views(of rows: [RowRef], until deadline: SearchDeadline) throws -> [RecordView] {
        var pace = SearchPace(deadline)
        return try rows.map { row in
            try pace.spend(Self.workPerRow)
            return view(of: row)
        }
    }

    /// The rows that a query found. Throws as `SearchDeadline.check` does.
    func views(of hits: [NearestSearch.Hit], until deadline: SearchDeadline) throws
        -> [RecordView]
    {
        var pace = SearchPace(deadline)
        return try hits.map { hit in
            try pace.spend(Self.workPerRow)
            return view(of: hit.ref, distance: hit.distance)
        }
    }

    /// What an answer shows of a row.
    private func view(of ref: RowRef, distance: Float? = nil) -> RecordView {
        let part = owner.snapshot.part(of: ref)
        let row = Int(ref.row)
        switch part.rows {
        case .memory(let rows): return view(of: row, in: rows, distance)
        case .segment(let sections): return view(of: row, in: sections, distance)
        }
    }

    private func view(of row: Int, in rows: MemoryRows, _ distance: Float?) -> RecordView {
        let (chunk, slot) = rows.place(of: row)
        return chunk.withPayload(slot) { payload in
            var view = RecordView(idText: .string(payload.id.value), distance: distance)
            if include.contains(.documents) { view.document = payload.document }
            if include.contains(.uris) { view.uri = payload.uri }
            if include.contains(.metadatas) { view.metadata = payload.metadata }
            if include.contains(.embeddings) {
                let start = chunk.embeddings + slot * chunk.dimension
                view.embedding = EmbeddingView(
                    owner: owner, start: start, dimension: chunk.dimension)
            }
            return view
        }
    }

    private func view(
        of row: Int, in sections: SegmentSections, _ distance: Float?
    ) -> RecordView {
        var view = RecordView(
            idText: sections.idText(row, keptBy: owner), distance: distance)
        // Other columns may not have been checked.
        if include.contains(.documents) {
            view.documentText = sections.documentText(row, keptBy: owner)
        }
        if include.contains(.uris) { view.uriText = sections.uriText(row, keptBy: owner) }
        if include.contains(.metadatas) {
            view.metadataView = sections.metadataView(row, keptBy: owner)
        }
        if include.contains(.embeddings) {
            view.embedding = sections.embeddingView(row, keptBy: owner)
        }
        return view
    }
}

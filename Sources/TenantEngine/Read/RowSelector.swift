import ChromaModel

/// Which rows of a snapshot a selection means.
enum SelectedRows: Sendable {
    /// Every live row.
    case all
    /// These rows, in insertion order.
    case some([UInt32])
}

/// Resolves selections against a tail (protocol §3.2).
struct RowSelector {
    let tail: CollectionTail

    /// The newest snapshot and the selected rows in it.
    ///
    /// - Parameter refusesUnknownIDs: whether an id without a record is an error; else it is
    ///   left out.
    func select(_ selection: RecordSelection, refusesUnknownIDs: Bool = false)
        throws(ServiceError) -> (TailSnapshot, SelectedRows)
    {
        let filter = try compiled(selection.filter)
        guard let ids = selection.ids else {
            let snapshot = tail.snapshot()
            guard let filter else { return (snapshot, .all) }
            return (snapshot, .some(snapshot.liveRows { filter.passes($0) }))
        }
        let (snapshot, found) = tail.snapshot(resolving: ids)
        if refusesUnknownIDs, found.contains(where: { $0 == nil }) {
            throw .invalid("Error finding id: a requested id is not in the collection")
        }
        let rows = Set(found.compactMap { $0 }).filter { row in
            guard let filter else { return true }
            let (chunk, slot) = snapshot.place(of: Int(row))
            return chunk.withPayload(slot) { filter.passes($0) }
        }
        return (snapshot, .some(snapshot.sortedByOrder(Array(rows))))
    }

    private func compiled(_ filter: Where?) throws(ServiceError) -> CompiledFilter? {
        guard let filter else { return nil }
        return try CompiledFilter(filter)
    }
}

extension TailSnapshot {
    /// The rows of `selected` between offset and limit.
    func page(_ selected: SelectedRows, offset: Int, limit: Int?) -> [UInt32] {
        switch selected {
        case .some(let rows):
            let start = min(offset, rows.count)
            return Array(rows[start...].prefix(limit ?? .max))
        case .all where isOrdered && liveCount == rowCount:
            let start = min(offset, rowCount)
            let end = limit.map { min(rowCount, start + min($0, rowCount)) } ?? rowCount
            return (start..<end).map { UInt32($0) }
        case .all:
            return page(.some(liveRows { _ in true }), offset: offset, limit: limit)
        }
    }

    /// What a response shows of a row.
    func view(of row: UInt32, _ include: Include, distance: Float? = nil) -> RecordView {
        let (chunk, slot) = place(of: Int(row))
        let payload = chunk.payload(slot)
        var view = RecordView(id: payload.id, distance: distance)
        if include.contains(.documents) { view.document = payload.document }
        if include.contains(.uris) { view.uri = payload.uri }
        if include.contains(.metadatas) { view.metadata = payload.metadata }
        if include.contains(.embeddings) {
            view.embedding = EmbeddingView(
                owner: chunk, start: chunk.embeddings + slot * chunk.dimension,
                dimension: chunk.dimension)
        }
        return view
    }
}

import ChromaModel

/// Which rows of a snapshot a selection means.
enum SelectedRows: Sendable {
    /// Every live row.
    case all
    /// These rows, in insertion order.
    case listed([RowRef])
    /// These rows of each part.
    case matching([RowBitmap])
}

/// Resolves selections against a collection's records (protocol §3.2).
struct RowSelector {
    let records: CollectionRecords

    /// The newest snapshot and the selected rows in it.
    ///
    /// - Parameters:
    ///   - countMax: how many rows the caller wants at most, the first in insertion order. When
    ///     there are more, some of them may be left out, which saves testing them.
    ///   - refusesUnknownIDs: whether an id without a record is an error; else it is left out.
    func select(
        _ selection: RecordSelection, countMax: Int = .max, refusesUnknownIDs: Bool = false
    ) throws(ServiceError) -> (RecordSnapshot, SelectedRows) {
        let filter = try compiled(selection.filter)
        guard let ids = selection.ids else {
            let snapshot = records.snapshot()
            guard let filter else { return (snapshot, .all) }
            return (snapshot, .matching(snapshot.rows(passing: filter, countMax: countMax)))
        }
        let (snapshot, found) = records.snapshot(resolving: ids)
        if refusesUnknownIDs, found.contains(where: { $0 == nil }) {
            throw .invalid("Error finding id: a requested id is not in the collection")
        }
        let refs = Set(found.compactMap { $0 }).filter { ref in
            filter?.passes(snapshot.part(of: ref), Int(ref.row)) ?? true
        }
        return (snapshot, .listed(snapshot.sortedByOrder(Array(refs))))
    }

    private func compiled(_ filter: Where?) throws(ServiceError) -> CompiledFilter? {
        guard let filter else { return nil }
        return try CompiledFilter(filter)
    }
}

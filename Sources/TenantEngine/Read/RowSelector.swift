import ChromaModel

/// Which rows of a snapshot a selection means.
enum SelectedRows: Sendable {
    /// Every live row.
    case all
    /// These rows, in insertion order.
    case some([RowRef])
}

/// Resolves selections against a collection's records (protocol §3.2).
struct RowSelector {
    let records: CollectionRecords

    /// The newest snapshot and the selected rows in it.
    ///
    /// - Parameter refusesUnknownIDs: whether an id without a record is an error; else it is
    ///   left out.
    func select(_ selection: RecordSelection, refusesUnknownIDs: Bool = false)
        throws(ServiceError) -> (RecordSnapshot, SelectedRows)
    {
        let filter = try compiled(selection.filter)
        guard let ids = selection.ids else {
            let snapshot = records.snapshot()
            guard let filter else { return (snapshot, .all) }
            return (snapshot, .some(snapshot.liveRows(where: filter.passes)))
        }
        let (snapshot, found) = records.snapshot(resolving: ids)
        if refusesUnknownIDs, found.contains(where: { $0 == nil }) {
            throw .invalid("Error finding id: a requested id is not in the collection")
        }
        let refs = Set(found.compactMap { $0 }).filter { ref in
            filter?.passes(snapshot.part(of: ref), Int(ref.row)) ?? true
        }
        return (snapshot, .some(snapshot.sortedByOrder(Array(refs))))
    }

    private func compiled(_ filter: Where?) throws(ServiceError) -> CompiledFilter? {
        guard let filter else { return nil }
        return try CompiledFilter(filter)
    }
}

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
    let deadline: SearchDeadline

    /// The newest snapshot and the selected rows in it.
    ///
    /// - Parameters:
    ///   - countMax: how many rows the caller wants at most, the first in insertion order. When
    ///     there are more, some of them may be left out, which saves testing them.
    ///   - refusesUnknownIDs: whether an id without a record is an error; else it is left out.
    /// - Throws: what a filter is refused with, and as `SearchDeadline.check` does.
    func select(
        _ selection: RecordSelection, countMax: Int = .max, refusesUnknownIDs: Bool = false
    ) throws -> (RecordSnapshot, SelectedRows) {
        let filter = try compiled(selection.filter)
        guard let ids = selection.ids else {
            let snapshot = records.snapshot()
            return (snapshot, try rows(of: snapshot, filter, countMax))
        }
        let (snapshot, found) = records.snapshot(resolving: ids)
        if refusesUnknownIDs, found.contains(where: { $0 == nil }) {
            throw ServiceError.invalid("Error finding id: a requested id is not in the collection")
        }
        return (snapshot, try rows(of: snapshot, found, filter))
    }

    /// What a transaction's read selects, and its token.
    ///
    /// - Throws: `staleRead` when what the token stands for is gone; else as the other one does.
    func select(_ selection: RecordSelection, asOf token: UInt64?, countMax: Int)
        throws -> (RecordSnapshot, SelectedRows, token: UInt64)
    {
        let filter = try compiled(selection.filter)
        let (snapshot, token, found) = try records.read(
            asOf: token, resolving: selection.ids ?? [])
        guard let ids = selection.ids else {
            return (snapshot, try rows(of: snapshot, filter, countMax), token)
        }
        if let found { return (snapshot, try rows(of: snapshot, found, filter), token) }
        // The past has no table of ids: they are looked for like any other condition.
        let named = Where.id(.isIn(ids))
        let both = try compiled(selection.filter.map { .all([named, $0]) } ?? named)
        return (snapshot, try rows(of: snapshot, both, countMax), token)
    }

    private func rows(
        of snapshot: RecordSnapshot, _ filter: CompiledFilter?, _ countMax: Int
    ) throws -> SelectedRows {
        guard let filter else { return .all }
        return .matching(
            try snapshot.rows(passing: filter, countMax: countMax, until: deadline))
    }

    private func rows(
        of snapshot: RecordSnapshot, _ found: [RowRef?], _ filter: CompiledFilter?
    ) throws -> SelectedRows {
        var refs = Set(found.compactMap { $0 })
        if let filter {
            var tester = RowTester(filter, until: deadline)
            refs = try refs.filter { try tester.passes(snapshot.part(of: $0), Int($0.row)) }
        }
        return .listed(snapshot.sortedByOrder(Array(refs)))
    }

    private func compiled(_ filter: Where?) throws -> CompiledFilter? {
        guard let filter else { return nil }
        return try CompiledFilter(filter, until: deadline)
    }
}

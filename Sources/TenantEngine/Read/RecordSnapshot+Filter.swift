import ChromaModel

extension RecordSnapshot {
    /// The live rows of each part that pass a filter.
    ///
    /// - Parameter countMax: so many of them, the first in insertion order, are all there; of
    ///   the others some may be left out.
    func rows(passing filter: CompiledFilter, countMax: Int = .max) -> [RowBitmap] {
        var wanted = countMax
        return parts.map { part in
            let rows = part.rows(passing: filter, countMax: part.isOrdered ? wanted : .max)
            if isOrdered { wanted = max(0, wanted - rows.count) }
            return rows
        }
    }
}

extension Part {
    /// The live rows that pass a filter: proposed by indexes where there are any, then tested
    /// row by row unless the indexes are sure; after `countMax` rows no more are tested.
    func rows(passing filter: CompiledFilter, countMax: Int = .max) -> RowBitmap {
        guard countMax > 0 else { return RowBitmap(rowCount: rowCount) }
        let notes = SearchNotes.current
        let start = notes.map { _ in SearchNotes.now } ?? 0
        let proposal =
            switch rows {
            case .memory: IndexProposal(amongst: liveRows)
            case .segment(let sections):
                SegmentProposer(sections: sections).propose(filter.root, among: liveRows)
            }
        guard let sure = proposal.sure else {
            notes?.filtered(
                self, proposal, passing: proposal.possible.count, since: start)
            return proposal.possible
        }
        var passing = RowBitmap(rowCount: rowCount)
        var next = proposal.possible.next(from: 0)
        while let row = next, passing.count < countMax {
            if sure.contains(row) || filter.passes(self, row) { passing.insert(row) }
            next = proposal.possible.next(from: row + 1)
        }
        notes?.filtered(self, proposal, passing: passing.count, since: start)
        return passing
    }
}

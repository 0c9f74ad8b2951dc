import ChromaModel
import TenantStorage

extension RecordSnapshot {
    /// The live rows of each part that pass a filter.
    ///
    /// - Parameter countMax: so many of them, the first in insertion order, are all there; of
    ///   the others some may be left out.
    /// - Throws: as `SearchDeadline.check` does.
    func rows(
        passing filter: CompiledFilter, countMax: Int = .max, until deadline: SearchDeadline
    ) throws -> [RowBitmap] {
        var wanted = countMax
        return try parts.map { part in
            let rows = try part.rows(
                passing: filter, countMax: part.isOrdered ? wanted : .max, until: deadline)
            if isOrdered { wanted = max(0, wanted - rows.count) }
            return rows
        }
    }
}

extension Part {
    /// The live rows that pass a filter; past `countMax` rows some may be left out.
    ///
    /// What all rows of a segment came to is remembered with it.
    fileprivate func rows(
        passing filter: CompiledFilter, countMax: Int, until deadline: SearchDeadline
    ) throws -> RowBitmap {
        guard countMax > 0 else { return RowBitmap(rowCount: rowCount) }
        guard case .segment(let sections) = rows,
            FilterCache.admits(filter.source, rowCount: rowCount)
        else { return try test(filter, among: liveRows, countMax, until: deadline) }
        var passing: RowBitmap
        if let known = sections.filterCache.rows(passing: filter.source) {
            SearchNotes.current?.filtered(
                self, IndexProposal(exactly: known), passing: known.count, since: SearchNotes.now)
            passing = known
        } else if countMax < rowCount {
            return try test(filter, among: liveRows, countMax, until: deadline)
        } else {
            passing = try test(
                filter, among: RowBitmap(allOf: rowCount), .max, until: deadline)
            sections.filterCache.keep(passing, passing: filter.source)
        }
        deleted.subtract(from: &passing)
        return passing
    }

    /// The rows of `candidates` that pass: proposed by indexes where there are any, then tested
    /// row by row unless the indexes are sure; after `countMax` rows no more are tested.
    private func test(
        _ filter: CompiledFilter, among candidates: RowBitmap, _ countMax: Int,
        until deadline: SearchDeadline
    ) throws -> RowBitmap {
        let notes = SearchNotes.current
        let start = notes.map { _ in SearchNotes.now } ?? 0
        let proposal =
            switch rows {
            case .memory: IndexProposal(amongst: candidates)
            case .segment(let sections):
                try SegmentProposer(sections: sections, deadline: deadline)
                    .propose(filter.root, among: candidates)
            }
        let passing = try passing(filter, proposal, countMax, until: deadline)
        notes?.filtered(self, proposal, passing: passing.count, since: start)
        return passing
    }

    private func passing(
        _ filter: CompiledFilter, _ proposal: IndexProposal, _ countMax: Int,
        until deadline: SearchDeadline
    ) throws -> RowBitmap {
        guard let sure = proposal.sure else { return proposal.possible }
        var tester = RowTester(filter, until: deadline)
        var passing = RowBitmap(rowCount: rowCount)
        var next = proposal.possible.next(from: 0)
        while let row = next, passing.count < countMax {
            if try sure.contains(row) || tester.passes(self, row) { passing.insert(row) }
            next = proposal.possible.next(from: row + 1)
        }
        return passing
    }
}

import ChromaModel
import Telemetry
import TenantStorage
import VectorIndex

extension SearchNotes {
    /// A part was searched for the nearest rows.
    ///
    /// - Parameters:
    ///   - selected: the rows a filter left; nil: all that are live.
    ///   - plan: what its index did; nil when every row was scored.
    func searched(
        _ part: Part, selected: RowBitmap?, by plan: SearchPlan?, since start: UInt64
    ) {
        let selectedCount = selected?.count ?? part.liveCount
        note(
            part.isMemory ? "search tail" : "search segment", since: start,
            part.described + [
                Attribute("tessera.rows.selected", selectedCount),
                Attribute("tessera.plan", plan.map { "\($0)" } ?? "score every row"),
            ])
    }

    /// A filter was put to a part.
    func filtered(
        _ part: Part, _ proposal: IndexProposal, passing: Int, since start: UInt64
    ) {
        let (possible, sure) = (proposal.possible.count, proposal.certain.count)
        note(
            "filter", since: start,
            part.described + [
                Attribute("tessera.rows.possible", possible),
                Attribute("tessera.rows.sure", sure),
                Attribute("tessera.rows.passing", passing),
            ])
    }
}

extension Part {
    fileprivate var isMemory: Bool {
        if case .memory = rows { true } else { false }
    }

    fileprivate var described: [Attribute] {
        guard case .segment(let sections) = rows else {
            return [Attribute("tessera.rows", rowCount)]
        }
        return [
            Attribute("tessera.segment", "\(sections.part)"), Attribute("tessera.rows", rowCount),
        ]
    }
}

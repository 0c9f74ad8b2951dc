import ChromaModel
import TenantStorage
import VectorIndex

extension NearestSearch {
    /// Searches a part by its index.
    ///
    /// - Parameter selected: the rows that may be in the answer; nil: all that are live.
    /// - Returns: what the index did; nil when the rows must be scored instead: there is no index,
    ///   or it found fewer than there are. Throws `UncheckedRows`, and as `SearchDeadline.check`
    ///   does.
    func search(
        _ query: PreparedQuery, _ count: Int, _ index: Int, _ selected: RowBitmap?,
        _ nearest: inout NearestRows
    ) throws -> SearchPlan? {
        let part = snapshot.parts[index]
        guard case .segment(let sections) = part.rows,
            let found = indexes.index(of: sections, space: kernel.space)
        else { return nil }
        guard sections.canCheckEmbeddingsByRow else { throw UncheckedRows() }
        let allowed = selected ?? (part.deleted.isEmpty ? nil : part.liveRows)
        let answer = found.search(query, count: count, among: allowed, stoppedBy: deadline)
        try deadline.check()
        guard answer.isWhole else { throw UncheckedRows() }
        let available = allowed?.count ?? part.rowCount
        guard answer.isExact || answer.rows.count >= min(count, available) else { return nil }
        for candidate in answer.rows {
            offer(
                Int(candidate.row), sections.block, part: index, candidate.distance, &nearest)
        }
        return answer.plan
    }
}

extension SelectedRows {
    /// The selected rows of a part; nil: all that are live.
    func selected(in part: Int) -> RowBitmap? {
        guard case .matching(let rows) = self else { return nil }
        return rows[part]
    }
}

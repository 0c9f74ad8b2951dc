import ChromaModel
import VectorIndex

/// A query's work: first which rows may be in the answers, then the nearest of them.
struct QueryTask: Sendable {
    let request: QueryRequest
    let records: CollectionRecords
    let space: DistanceSpace
    let indexes: SegmentIndexes
    let refusesUnknownIDs: Bool
    let deadline: SearchDeadline

    /// Finds the rows that the filter selects. Throws what a filter is refused with, and as
    /// `SearchDeadline.check` does.
    func select() throws -> SelectedSearch {
        let (snapshot, rows) = try RowSelector(records: records, deadline: deadline).select(
            request.selection, refusesUnknownIDs: refusesUnknownIDs)
        return SelectedSearch(
            search: NearestSearch(
                snapshot: snapshot, kernel: DistanceKernel(space), indexes: indexes,
                deadline: deadline),
            rows: rows, count: request.resultCount, include: request.include)
    }
}

/// A search over rows that are known, for any number of queries on any threads.
struct SelectedSearch: Sendable {
    let search: NearestSearch
    let rows: SelectedRows
    let count: Int
    let include: Include

    /// Throws as `SearchDeadline.check` does.
    func answers(to queries: [PreparedQuery]) throws -> [[RecordView]] {
        let hits = try queries.map { try search.nearest($0, count: count, among: rows) }
        return try SearchNotes.step("hydrate") {
            let viewer = RowViewer(search.snapshot, include)
            return try hits.map { try viewer.views(of: $0, until: search.deadline) }
        }
    }
}

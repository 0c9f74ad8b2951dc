import ChromaModel
import TenantStorage

// Searches that can't take long, whatever is in the collection: what they cost of late is a good
// guess at what they will cost.

extension GetRequest {
    /// Rows that are found by their ids, and few of them.
    var isBounded: Bool {
        selection.filter == nil && selection.ids.map { $0.count <= Self.boundedIDsMax } ?? false
    }

    private static var boundedIDsMax: Int { 32 }
}

extension QueryRequest {
    /// One query over not so many rows, no document of which has to be read to know whether it is
    /// meant.
    func isBounded(rows: Int, dimension: Int) -> Bool {
        embeddings.rowCount == 1 && resultCount <= Self.boundedResultsMax
            && rows <= Self.boundedRowsMax && rows * dimension <= Self.boundedElementsMax
            && !selection.sectionsNeeded.contains(.documents)
    }

    private static var boundedResultsMax: Int { 100 }
    private static var boundedRowsMax: Int { 20_000 }
    /// A scan of so many codes takes some 150 µs; of so many floats, before there are codes, ten
    /// times as long, which shows in the costs.
    private static var boundedElementsMax: Int { 4_000_000 }
}

extension SearchCosts {
    /// That of such queries.
    func cost(of request: QueryRequest) -> RecentCost {
        request.selection.filter == nil ? query : filteredQuery
    }
}

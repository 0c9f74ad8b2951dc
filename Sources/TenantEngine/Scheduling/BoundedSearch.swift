import ChromaModel
import TenantStorage
import VectorIndex

// Searches that can't take long: what they cost of late is a good guess at what they will cost.

extension GetRequest {
    /// Rows that are found by their ids, and few of them.
    var isBounded: Bool {
        selection.filter == nil && selection.ids.map { $0.count <= Self.boundedIDsMax } ?? false
    }

    private static var boundedIDsMax: Int { 32 }
}

extension QueryRequest {
    /// One query that reads little, by what there is to search with now.
    func isBounded(in snapshot: RecordSnapshot, _ indexes: SegmentIndexes, _ space: DistanceSpace)
        -> Bool
    {
        guard embeddings.rowCount == 1, resultCount <= Self.boundedResultsMax,
            snapshot.hasWholeEmbeddings  // else the disk may be read
        else { return false }
        return work(in: snapshot, indexes, space).map { $0 <= .boundedMax } ?? false
    }

    private static var boundedResultsMax: Int { 100 }
    private static var boundedIDsMax: Int { 256 }
    /// Fewer than a graph has: what a filter leaves of one decides how it is searched.
    private static var testedRowsMax: Int { IndexPolicy.graphRowsMin - 1 }

    /// What one query reads at most; nil when nobody can say, as where documents must be read to
    /// know which rows are meant.
    private func work(
        in snapshot: RecordSnapshot, _ indexes: SegmentIndexes, _ space: DistanceSpace
    ) -> SearchWork? {
        if let ids = selection.ids {
            guard ids.count <= Self.boundedIDsMax, !readsDocuments else { return nil }
            return .floats(rows: ids.count, dimension: embeddings.dimension)
        }
        var (sum, tested) = (SearchWork.none, 0)
        for part in snapshot.parts where part.rowCount > 0 {
            let passing = part.rowsKnown(passing: selection.filter)
            if selection.filter != nil && passing == nil { tested += part.rowCount }
            sum = sum + part.work(for: self, passing: passing, indexes, space)
        }
        let isTested = tested == 0 || tested <= Self.testedRowsMax && !readsDocuments
        return isTested ? sum : nil
    }

    private var readsDocuments: Bool {
        selection.filter?.sectionsNeeded.contains(.documents) ?? false
    }
}

extension SearchWork {
    /// What is read in some 200 µs: the largest scan of codes, or the walk of a graph of any size
    /// at an ordinary breadth. Rows without an index reach it at a tenth of that scan.
    static let boundedMax = codes(
        rows: IndexPolicy.graphRowsMin,
        dimension: SizeClass.codesElementsMax / IndexPolicy.graphRowsMin)
}

extension Part {
    /// How many rows of a segment a filter is known to let pass, live or not; nil when it must be
    /// tested.
    fileprivate func rowsKnown(passing filter: Where?) -> Int? {
        guard let filter, case .segment(let sections) = rows,
            FilterCache.admits(filter, rowCount: rowCount)
        else { return nil }
        return sections.filterCache.rows(passing: filter)?.count
    }

    /// What a search of this part reads at most.
    ///
    /// - Parameter passing: rows that pass the filter; nil: all, or it isn't known.
    fileprivate func work(
        for request: QueryRequest, passing: Int?, _ indexes: SegmentIndexes, _ space: DistanceSpace
    ) -> SearchWork {
        let count = request.resultCount
        guard case .segment(let sections) = rows,
            let index = indexes.index(of: sections, space: space)
        else {
            let scored = passing.map { min(rowCount, $0 * NearestSearch.denseShare) } ?? rowCount
            return .floats(rows: scored, dimension: request.embeddings.dimension)
        }
        guard let passing else {
            return index.work(count: count, allowed: deleted.isEmpty ? nil : liveCount)
        }
        // Which of those that pass are deleted isn't known, and decides how they are searched.
        let most = index.work(count: count, allowed: passing)
        return max(most, index.work(count: count, allowed: max(0, passing - deleted.count)))
    }
}

extension SearchCosts {
    /// That of such queries.
    func cost(of request: QueryRequest) -> RecentCost {
        request.selection.filter == nil ? query : filteredQuery
    }
}

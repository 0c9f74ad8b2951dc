import ChromaModel

/// Finds the rows of a segment that are nearest to a query; immutable, shared by all searches.
package final class EmbeddingIndex: Sendable {
    package let rows: VectorRows
    let codes: CodesSection
    let graph: GraphSection?
    private let kernels: CodeKernels
    private let sections: IndexSections

    /// Candidates a search of the graph keeps; nil when there is no graph.
    package var breadth: Int? { graph?.breadth }

    /// Opens an index and checks every byte of it that is ever followed.
    ///
    /// - Throws: when it is damaged, of another version, or not of these rows.
    package init(_ sections: IndexSections, of rows: VectorRows) throws(IndexDamage) {
        codes = try CodesSection(sections.codes, of: rows)
        if let bytes = sections.graph {
            graph = try GraphSection(bytes, nodes: codes.count, rows: rows.count)
        } else {
            guard codes.count == rows.count else { throw .mismatched("number of rows") }
            graph = nil
        }
        self.sections = sections
        self.rows = rows
        kernels = CodeKernels(codes.quantiser.bits)
    }

    /// What a search found and how.
    package struct Answer: Sendable {
        /// Nearest first, ties by row, at most as many as asked for; distances as
        /// `DistanceKernel` gives them.
        package let rows: [NearestRows.Candidate]
        /// Whether these are certainly the nearest, up to the rounding of f32.
        package let isExact: Bool
        /// What was done.
        package let plan: SearchPlan
        /// False when rows could not be read as they were written; then the answer is of no use.
        package let isWhole: Bool
    }

    /// The nearest rows.
    ///
    /// - Parameters:
    ///   - query: of the rows' dimension.
    ///   - count: how many.
    ///   - allowed: which rows may be in the answer, a bit for each row; nil: all.
    ///   - breadthMin: candidates to keep at least, as a client asked for.
    ///   - stop: ends the search when it is set; then the answer is of no use.
    package func search(
        _ query: PreparedQuery, count: Int, among allowed: RowBitmap? = nil, breadthMin: Int = 0,
        stoppedBy stop: (any StopSignal)? = nil
    ) -> Answer {
        let plan = plan(count: count, allowed: allowed?.count, breadthMin: breadthMin)
        return search(query, count: count, among: allowed, by: plan, stoppedBy: stop)
    }

    /// What such a search reads at most.
    ///
    /// - Parameters:
    ///   - count: how many rows are asked for.
    ///   - allowed: how many may be in the answer; nil: all.
    package func work(count: Int, allowed: Int? = nil) -> SearchWork {
        SearchWork(
            plan(count: count, allowed: allowed), rows: rows, graph: graph,
            available: allowed ?? rows.count)
    }

    private func plan(count: Int, allowed: Int?, breadthMin: Int = 0) -> SearchPlan {
        SearchPlan(
            rows: rows, graph: graph, count: min(count, rows.count), allowed: allowed,
            breadthMin: min(breadthMin, rows.count))
    }

    /// The same by a given plan; for tests and for tuning.
    package func search(
        _ query: PreparedQuery, count: Int, among allowed: RowBitmap?, by plan: SearchPlan,
        stoppedBy stop: (any StopSignal)? = nil
    ) -> Answer {
        let available = allowed?.count ?? rows.count
        guard count > 0, available > 0 else {
            return Answer(rows: [], isExact: true, plan: plan, isWhole: true)
        }
        return RoomPool.with(stoppedBy: stop) { room in
            let searcher = searcher(query, min(count, available), among: allowed, room)
            let (nearest, done) = searcher.run(plan)
            return Answer(
                rows: nearest.sorted(), isExact: done.isExact, plan: done,
                isWhole: !room.metDamage)
        }
    }

    /// What a search of the graph would find if a node weren't there.
    func search(
        _ query: PreparedQuery, count: Int, breadth: Int, without missing: Int
    ) -> [NearestRows.Candidate] {
        RoomPool.with(stoppedBy: nil) { room in
            let reranked = max(2 * count, count + 8)
            return searcher(query, count, among: nil, room)
                .run(breadth: max(breadth, reranked), without: missing, reranked: reranked)
                .sorted()
        }
    }

    private func searcher(
        _ query: PreparedQuery, _ count: Int, among allowed: RowBitmap?, _ room: SearchRoom
    ) -> Searcher {
        Searcher(
            rows: rows, codes: codes, graph: graph, kernels: kernels, query: query, count: count,
            allowed: allowed, room: room)
    }
}

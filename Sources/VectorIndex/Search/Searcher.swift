import CKernels
import ChromaModel

/// One search of one index.
struct Searcher {
    let rows: VectorRows
    let codes: CodesSection
    let graph: GraphSection?
    let kernels: CodeKernels
    let query: PreparedQuery
    let count: Int
    let allowed: RowBitmap?
    let room: SearchRoom

    /// The nearest rows by a walk of the graph as it would be without one node.
    func run(breadth: Int, without missing: Int, reranked: Int) -> NearestRows {
        var exact = ExactRows(rows, query, room, count: count)
        guard let graph else { return exact.nearest }
        prepareQuery()
        let walk = GraphWalk(graph: graph, codes: codes, kernels: kernels, room: room)
        rerank(walk.nearest(breadth: breadth, without: missing), reranked, graph, &exact)
        return exact.nearest
    }

    private func prepareQuery() {
        room.prepareQuery(elements: codes.quantiser.elements)
        codes.quantiser.prepare(query, room.query)
    }

    /// The nearest rows, and the plan that was followed in the end.
    func run(_ plan: SearchPlan) -> (NearestRows, SearchPlan) {
        var exact = ExactRows(rows, query, room, count: count)
        if plan == .raw {
            exact.addAll(among: allowed)
            return (exact.nearest, plan)
        }
        prepareQuery()
        switch (plan, graph) {
        case (.graph(let breadth, let reranked), let graph?):
            let walk = GraphWalk(graph: graph, codes: codes, kernels: kernels, room: room)
            rerank(walk.nearest(breadth: breadth), reranked, graph, &exact)
            return (exact.nearest, plan)
        case (.collect(let breadth, let reranked), let graph?):
            let walk = GraphWalk(graph: graph, codes: codes, kernels: kernels, room: room)
            let pool = walk.nearest(breadth: breadth)
            guard rerank(pool, reranked, graph, &exact) >= reranked else {
                return run(SearchPlan.walk(breadth, reranked))
            }
            return (exact.nearest, plan)
        case (.filteredGraph(let breadth, let reranked), let graph?):
            let walk = FilteredWalk(
                graph: graph, codes: codes, kernels: kernels, room: room,
                allowed: allowed ?? RowBitmap(allOf: rows.count))
            if let pool = walk.nearest(breadth: breadth) {
                rerank(pool, reranked, graph, &exact)
                return (exact.nearest, plan)
            }
            scanCodes(reranked, graph, &exact)
            return (exact.nearest, .codes(reranked: reranked))
        case (.codes(let reranked), let graph?):
            scanCodes(reranked, graph, &exact)
            return (exact.nearest, plan)
        case (.certified, nil):
            let scan = CertifiedScan(codes: codes, kernels: kernels, room: room)
            scan.scan(&exact, among: allowed, first: max(2 * count, count + 8))
            return (exact.nearest, plan)
        default: return run(graph == nil ? .certified : .raw)
        }
    }

    /// Scores the rows of the pool's best nodes that have allowed ones, and the loose rows, in
    /// f32.
    ///
    /// - Returns: of how many nodes.
    @discardableResult
    private func rerank(
        _ pool: CandidatePool, _ reranked: Int, _ graph: GraphSection, _ exact: inout ExactRows
    ) -> Int {
        var done = 0
        for place in 0..<pool.count where done < reranked {
            let node = pool.node(place)
            var added = 0
            switch graph.rows(of: node) {
            case .one(let row): added = add(row, of: node, graph, &exact) ? 1 : 0
            case .many(let rows, let areEqual):
                let most = areEqual ? count : .max
                for row in rows where added < most {
                    added += add(row, of: node, graph, &exact) ? 1 : 0
                }
            }
            done += added > 0 ? 1 : 0
        }
        addLoose(graph, &exact)
        return done
    }

    @inline(__always)
    private func add(
        _ row: UInt32, of node: Int, _ graph: GraphSection, _ exact: inout ExactRows
    ) -> Bool {
        if let allowed, !allowed.contains(Int(row)) { return false }
        // Rows of nodes that are not reached from every side are loose as well.
        if !graph.looseRows.isEmpty, graph.nodeOfRow[Int(row)] != UInt32(node) { return false }
        exact.add(row)
        return true
    }

    private func addLoose(_ graph: GraphSection, _ exact: inout ExactRows) {
        for row in graph.looseRows where allowed?.contains(Int(row)) ?? true { exact.add(row) }
        exact.flush()
    }

    /// Scores the codes of every allowed row, then the best rows in f32.
    private func scanCodes(_ reranked: Int, _ graph: GraphSection, _ exact: inout ExactRows) {
        var pool = room.makePool(reranked)
        guard let allowed else {
            scanNodes(&pool)
            rerank(pool, reranked, graph, &exact)
            return
        }
        scan(allowed, graph, &pool)
        for place in 0..<pool.count { exact.add(UInt32(pool.node(place))) }
        addLoose(graph, &exact)
    }

    /// A pool of rows, not of nodes.
    private func scan(
        _ allowed: RowBitmap, _ graph: GraphSection, _ pool: inout CandidatePool
    ) {
        room.prepareEstimates(SearchRoom.batch)
        let rowsInHand = UnsafeMutableRawPointer(room.estimates.start)
            .assumingMemoryBound(to: UInt32.self)
        let places = room.places.start
        var pending = 0
        allowed.forEach { row in
            let node = graph.nodeOfRow[row]
            if node == IndexFormat.noNode { return }
            places[pending] = node
            rowsInHand[pending] = UInt32(row)
            pending += 1
            if pending == SearchRoom.batch { score(&pending, rowsInHand, &pool) }
        }
        score(&pending, rowsInHand, &pool)
    }

    /// Scores all nodes, one behind the other in memory; a pool of nodes.
    private func scanNodes(_ pool: inout CandidatePool) {
        var query = room.query.query
        let (places, scores) = (room.places.start, room.scores.start)
        for start in stride(from: 0, to: codes.count, by: SearchRoom.batch) where !room.isStopped {
            let count = min(SearchRoom.batch, codes.count - start)
            kernels.scoreRows(
                &query, codes.codes + start * codes.strideBytes, codes.strideBytes, count, scores)
            let found = tk_not_above(
                scores, count, pool.bound, places, InstructionSet.best.rawValue)
            for index in 0..<found {
                let place = Int(places[index])
                pool.insert(scores[place], UInt32(start + place))
            }
        }
    }

    @inline(__always)
    private func score(
        _ pending: inout Int, _ rows: UnsafeMutablePointer<UInt32>, _ pool: inout CandidatePool
    ) {
        defer { pending = 0 }
        if room.isStopped { return }
        var query = room.query.query
        kernels.scoreGathered(
            &query, codes.codes, codes.strideBytes, room.places.start, pending,
            room.scores.start)
        for index in 0..<pending { pool.insert(room.scores[index], rows[index]) }
    }
}

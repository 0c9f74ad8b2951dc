import CKernels

/// Best-first search of a graph over codes.
struct GraphWalk {
    let graph: GraphSection
    let codes: CodesSection
    let kernels: CodeKernels
    let room: SearchRoom

    /// Fills a pool with the nodes that look nearest.
    ///
    /// - Parameters:
    ///   - breadth: how many candidates are followed: more takes longer and finds more.
    ///   - missing: a node that is treated as if it weren't there.
    func nearest(breadth: Int, without missing: Int? = nil) -> CandidatePool {
        var pool = room.makePool(Self.begun, atMost: breadth)
        let (marks, round) = room.beginVisits(graph.nodeCount)
        if let missing { marks[missing] = round }
        enter(&pool, marks, round)
        pool.widen(to: breadth)
        let (edges, degree) = (graph.edges, graph.degree)
        let (places, scores) = (room.places.start, room.scores.start)
        var query = room.query.query
        var expanded = 0
        while let node = pool.takeNext(), !room.isStopped(after: expanded) {
            expanded += 1
            let neighbours = edges + node * degree
            var count = 0
            for index in 0..<degree {
                let neighbour = neighbours[index]
                places[count] = neighbour
                count += marks[Int(neighbour)] == round ? 0 : 1
                marks[Int(neighbour)] = round
            }
            kernels.scoreGathered(
                &query, codes.codes, codes.strideBytes, places, count, scores)
            for index in 0..<count { pool.insert(scores[index], places[index]) }
            if let next = pool.peek() { tk_prefetch(edges + next * degree) }
        }
        return pool
    }

    /// Entries that a walk begins at: more than one, for the nearest may lie in a corner.
    private static let begun = 4

    private func enter(
        _ pool: inout CandidatePool, _ marks: UnsafeMutablePointer<UInt16>, _ round: UInt16
    ) {
        let entries = EntryNodes(nodeCount: graph.nodeCount)
        let (places, scores) = (room.places.start, room.scores.start)
        var query = room.query.query
        for start in stride(from: 0, to: entries.count, by: SearchRoom.batch) {
            var count = 0
            for index in start..<min(start + SearchRoom.batch, entries.count) {
                places[count] = entries[index]
                count += marks[Int(entries[index])] == round ? 0 : 1
            }
            kernels.scoreGathered(
                &query, codes.codes, codes.strideBytes, places, count, scores)
            for index in 0..<count { pool.insert(scores[index], places[index]) }
        }
        for place in 0..<pool.count { marks[pool.node(place)] = round }
    }
}

import ChromaModel
import CKernels

/// Best-first search of the allowed nodes of a graph: neighbours that are not allowed are passed
/// through to their neighbours (ACORN, arXiv 2403.04871).
struct FilteredWalk {
    let graph: GraphSection
    let codes: CodesSection
    let kernels: CodeKernels
    let room: SearchRoom
    let allowed: RowBitmap

    /// Nodes scored for one expansion at most; enough to find a way, and few enough to walk on.
    private static let scoredMax = 48
    /// Entries the walk begins at.
    private static let begun = 4
    /// Allowed nodes, evenly spread, that the walk begins at besides.
    private static let seeds = 16
    /// A walk that scores more than this part of the allowed rows costs more than scanning them.
    private static let budgetPart = 8

    /// The allowed nodes that look nearest; nil when scanning all of them is cheaper.
    func nearest(breadth: Int) -> CandidatePool? {
        var pool = room.makePool(breadth)
        let (marks, round) = room.beginVisits(graph.nodeCount)
        enter(&pool, marks, round)
        var budget = max(allowed.count / Self.budgetPart, breadth)
        var query = room.query.query
        var expanded = 0
        while let node = pool.takeNext(), !room.isStopped(after: expanded) {
            expanded += 1
            let count = gather(node, marks, round)
            budget -= count
            if budget < 0 { return nil }
            kernels.scoreGathered(
                &query, codes.codes, codes.strideBytes, room.places.start, count,
                room.scores.start)
            for index in 0..<count { pool.insert(room.scores[index], room.places[index]) }
        }
        // Too few were met: the allowed nodes don't hang together.
        return pool.count >= min(breadth, allowed.count) ? pool : nil
    }

    /// Puts the allowed nodes around a node that were not met yet into the room's places.
    private func gather(
        _ node: Int, _ marks: UnsafeMutablePointer<UInt16>, _ round: UInt16
    ) -> Int {
        var count = take(graph.edges + node * graph.degree, marks, round, from: 0)
        for index in 0..<graph.degree where count < Self.scoredMax {
            let neighbour = Int(graph.edges[node * graph.degree + index])
            if isAllowed(neighbour) { continue }
            count = take(graph.edges + neighbour * graph.degree, marks, round, from: count)
        }
        return count
    }

    @inline(__always)
    private func take(
        _ neighbours: UnsafePointer<UInt32>, _ marks: UnsafeMutablePointer<UInt16>,
        _ round: UInt16, from start: Int
    ) -> Int {
        var count = start
        for index in 0..<graph.degree {
            let neighbour = Int(neighbours[index])
            if marks[neighbour] == round || !isAllowed(neighbour) { continue }
            marks[neighbour] = round
            room.places[count] = UInt32(neighbour)
            count += 1
        }
        return count
    }

    @inline(__always)
    private func isAllowed(_ node: Int) -> Bool {
        switch graph.rows(of: node) {
        case .one(let row): allowed.contains(Int(row))
        case .many(let rows, _): rows.contains { allowed.contains(Int($0)) }
        }
    }

    private func enter(
        _ pool: inout CandidatePool, _ marks: UnsafeMutablePointer<UInt16>, _ round: UInt16
    ) {
        var count = 0
        func add(_ node: Int) {
            guard marks[node] != round else { return }
            marks[node] = round
            room.places[count] = UInt32(node)
            count += 1
        }
        let step = max(1, allowed.rowCount / Self.seeds)
        for start in stride(from: 0, to: allowed.rowCount, by: step) where count < Self.seeds {
            guard let row = allowed.next(from: start) else { break }
            if graph.nodeOfRow[row] != IndexFormat.noNode { add(Int(graph.nodeOfRow[row])) }
        }
        var query = room.query.query
        kernels.scoreGathered(
            &query, codes.codes, codes.strideBytes, room.places.start, count, room.scores.start)
        for index in 0..<count { pool.insert(room.scores[index], room.places[index]) }
    }
}

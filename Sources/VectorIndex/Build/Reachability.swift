/// Makes every node reachable from the entries, and says which could not be.
struct Reachability: Sendable {
    let adjacency: Adjacency
    let candidates: Reservoirs
    let entries: [UInt32]

    /// An edge to one node can cost another its only one; after so many tries it is given up.
    private static let roundsMax = 6

    /// - Returns: nodes that no search would find.
    func repair() -> [UInt32] {
        for _ in 0..<Self.roundsMax {
            let isReached = reached()
            let lost = (0..<adjacency.nodeCount).filter { !isReached[$0] }
            if lost.isEmpty { return [] }
            for node in lost { attach(node, isReached) }
        }
        let isReached = reached()
        return (0..<adjacency.nodeCount).filter { !isReached[$0] }.map { UInt32($0) }
    }

    private func reached() -> [Bool] {
        var isReached = [Bool](repeating: false, count: adjacency.nodeCount)
        var waiting = entries
        for entry in entries { isReached[Int(entry)] = true }
        while let node = waiting.popLast() {
            let edges = adjacency.edges(of: Int(node))
            for index in 0..<adjacency.degree where !isReached[Int(edges[index])] {
                isReached[Int(edges[index])] = true
                waiting.append(edges[index])
            }
        }
        return isReached
    }

    /// Gives the nearest reached candidate with room an edge to the node; if none has room, the
    /// nearest reached one its last.
    private func attach(_ node: Int, _ isReached: [Bool]) {
        let near = candidates.neighbours(of: node).map { Int(NeighbourKey.node($0)) }
            .filter { isReached[$0] }
        let last = adjacency.degree - 1
        let roomy = near.first { adjacency.edges(of: $0)[last] == UInt32($0) }
        guard let host = roomy ?? near.first else { return }
        let edges = adjacency.edges(of: host)
        let free = (0...last).first { edges[$0] == UInt32(host) } ?? last
        edges[free] = UInt32(node)
    }
}

/// For each node who has chosen it, and how far that is.
struct ReverseEdges: Sendable {
    private let starts: Block<UInt32>
    private let keys: Block<UInt64>

    /// The edges in `reservoirs`, the other way round.
    init(of reservoirs: Reservoirs, nodes: Int) {
        starts = Block(nodes + 2)
        for node in 0..<nodes {
            for key in reservoirs.neighbours(of: node) {
                starts[Int(NeighbourKey.node(key)) + 2] += 1
            }
        }
        for node in 0..<nodes { starts[node + 2] += starts[node + 1] }
        keys = Block(Int(starts[nodes + 1]))
        // starts[node + 1] is where the next key of the node goes; at the end, where they end.
        for node in 0..<nodes {
            for key in reservoirs.neighbours(of: node) {
                let other = Int(NeighbourKey.node(key))
                keys[Int(starts[other + 1])] = NeighbourKey.replacing(key, node: UInt32(node))
                starts[other + 1] += 1
            }
        }
    }

    /// Unordered.
    func neighbours(of node: Int) -> UnsafeMutableBufferPointer<UInt64> {
        UnsafeMutableBufferPointer(
            start: keys.start + Int(starts[node]), count: Int(starts[node + 1] - starts[node]))
    }
}

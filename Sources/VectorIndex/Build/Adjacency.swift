import CKernels

/// The edges of a graph: `degree` nodes for each; places without an edge hold the node itself.
final class Adjacency: Sendable {
    let nodeCount: Int
    let degree: Int
    let edges: Block<UInt32>

    init(nodeCount: Int, degree: Int) {
        self.nodeCount = nodeCount
        self.degree = degree
        edges = Block(nodeCount * degree)
    }

    @inline(__always)
    func edges(of node: Int) -> UnsafeMutablePointer<UInt32> { edges.start + node * degree }

    func set(_ node: Int, to neighbours: UnsafeBufferPointer<UInt64>) {
        let place = edges(of: node)
        for index in 0..<degree {
            place[index] =
                index < neighbours.count
                ? NeighbourKey.node(neighbours[index]) : UInt32(truncatingIfNeeded: node)
        }
    }
}

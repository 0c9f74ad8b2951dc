/// The nodes that searches of a graph begin near: an even sample of all.
///
/// Nodes are numbered cluster by cluster, so an even sample has some of each cluster. A second
/// level of graph would find a nearer one, but costs as much as it saves.
struct EntryNodes: Sendable {
    let count: Int
    private let nodeCount: Int

    private static let countMax = 1024

    init(nodeCount: Int) {
        self.nodeCount = nodeCount
        count = min(nodeCount, Self.countMax, max(64, Int(Double(nodeCount).squareRoot())))
    }

    @inline(__always)
    subscript(index: Int) -> UInt32 { UInt32(index * nodeCount / count) }

    var nodes: [UInt32] { (0..<count).map { self[$0] } }
}

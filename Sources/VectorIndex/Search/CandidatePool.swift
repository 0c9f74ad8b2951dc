/// The best nodes of a search so far, best first, and which of them were expanded.
///
/// A sorted array: insertions move a few hundred bytes, and the next node to expand is found
/// without a heap.
struct CandidatePool {
    private static let expandedBit: UInt32 = 1 << 31

    private(set) var capacity: Int
    private(set) var count = 0
    private let scores: UnsafeMutablePointer<Float>
    private let nodes: UnsafeMutablePointer<UInt32>
    /// No node before this place is to be expanded.
    private var next = 0

    /// - Parameters:
    ///   - scores: room for one more than there will ever be; so has `nodes`.
    init(
        capacity: Int, scores: UnsafeMutablePointer<Float>, nodes: UnsafeMutablePointer<UInt32>
    ) {
        self.capacity = capacity
        self.scores = scores
        self.nodes = nodes
    }

    /// A score that is not below this doesn't enter.
    @inline(__always)
    var bound: Float { count < capacity ? .infinity : scores[count - 1] }

    @inline(__always)
    func node(_ place: Int) -> Int { Int(nodes[place] & ~Self.expandedBit) }

    @inline(__always)
    func score(_ place: Int) -> Float { scores[place] }

    @inline(__always)
    mutating func insert(_ score: Float, _ node: UInt32) {
        guard score < bound else { return }
        var (place, above) = (0, count)
        while place < above {
            let middle = (place + above) / 2
            if scores[middle] > score { above = middle } else { place = middle + 1 }
        }
        let moved = min(count, capacity - 1) - place
        (scores + place + 1).update(from: scores + place, count: moved)
        (nodes + place + 1).update(from: nodes + place, count: moved)
        scores[place] = score
        nodes[place] = node
        if count < capacity { count += 1 }
        if place < next { next = place }
    }

    /// The best node that was not expanded yet; it counts as expanded now.
    @inline(__always)
    mutating func takeNext() -> Int? {
        while next < count {
            let node = nodes[next]
            if node & Self.expandedBit == 0 {
                nodes[next] = node | Self.expandedBit
                return Int(node)
            }
            next += 1
        }
        return nil
    }

    /// The node that `takeNext` would return.
    @inline(__always)
    func peek() -> Int? {
        guard next < count, nodes[next] & Self.expandedBit == 0 else { return nil }
        return Int(nodes[next])
    }

    /// Makes room for more. The memory must have it.
    mutating func widen(to capacity: Int) { self.capacity = max(capacity, count) }
}

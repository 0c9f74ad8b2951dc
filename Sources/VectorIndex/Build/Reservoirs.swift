import CKernels

/// For each node the nearest others met so far, nearest first, a bounded number.
///
/// What is in them at the end doesn't depend on the order in which neighbours came.
final class Reservoirs: Sendable {
    let capacity: Int
    private let keys: Block<UInt64>
    private let counts: Block<UInt16>
    private let locks: Block<UInt8>
    /// Nodes share locks: one for each would be as many cache lines.
    private static let lockCount = 4096

    init(nodes: Int, capacity: Int) {
        self.capacity = capacity
        keys = Block(nodes * capacity)
        counts = Block(nodes)
        locks = Block(Self.lockCount)
    }

    @inline(__always)
    func neighbours(of node: Int) -> UnsafeMutableBufferPointer<UInt64> {
        UnsafeMutableBufferPointer(start: keys.start + node * capacity, count: Int(counts[node]))
    }

    func prefetch(_ node: Int) {
        let start = UnsafeRawPointer(keys.start + node * capacity)
        for line in stride(from: 0, to: capacity * 8, by: 64) { tk_prefetch(start + line) }
    }

    /// Replaces what is kept for a node.
    func set(_ node: Int, to others: UnsafeBufferPointer<UInt64>) {
        let kept = min(others.count, capacity)
        guard kept > 0, let start = others.baseAddress else { return counts[node] = 0 }
        (keys.start + node * capacity).update(from: start, count: kept)
        counts[node] = UInt16(kept)
    }

    /// Merges rising keys in.
    ///
    /// - Parameter room: memory of the caller's for `capacity` keys.
    func merge(
        _ others: UnsafeBufferPointer<UInt64>, into node: Int, room: UnsafeMutablePointer<UInt64>
    ) {
        let lock = locks.start + node % Self.lockCount
        tk_lock(lock)
        defer { tk_unlock(lock) }
        let kept = keys.start + node * capacity
        let count = Int(counts[node])
        if count == capacity, let first = others.first, first > kept[count - 1] { return }
        let merged = Self.merge(
            UnsafeBufferPointer(start: kept, count: count), others, into: room, capacity)
        kept.update(from: room, count: merged)
        counts[node] = UInt16(merged)
    }

    /// The first of two rising lists together, each key once.
    static func merge(
        _ left: UnsafeBufferPointer<UInt64>, _ right: UnsafeBufferPointer<UInt64>,
        into out: UnsafeMutablePointer<UInt64>, _ capacity: Int
    ) -> Int {
        var (at, l, r) = (0, 0, 0)
        while at < capacity {
            if l < left.count, r >= right.count || left[l] <= right[r] {
                if r < right.count, left[l] == right[r] { r += 1 }
                out[at] = left[l]
                l += 1
            } else if r < right.count {
                out[at] = right[r]
                r += 1
            } else {
                break
            }
            at += 1
        }
        return at
    }
}

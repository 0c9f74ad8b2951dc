/// The `capacity` nearest rows seen so far; ties go to the lower row number.
///
/// A binary max-heap: the worst of the kept rows is at the root, so that most rows are
/// rejected by one comparison.
package struct NearestRows {
    package struct Candidate: Sendable {
        package let distance: Float
        package let row: UInt64
        /// Breaks ties: smaller first.
        package let order: UInt64

        package init(distance: Float, row: UInt64, order: UInt64) {
            // NaN (overflowing arithmetic) sorts behind everything.
            self.distance = distance.isNaN ? .infinity : distance
            self.row = row
            self.order = order
        }

        @inline(__always)
        package static func isNearer(_ left: Candidate, _ right: Candidate) -> Bool {
            left.distance < right.distance
                || (left.distance == right.distance && left.order < right.order)
        }
    }

    private var heap: [Candidate] = []
    private let capacity: Int

    /// A row whose distance is greater cannot enter any more.
    package private(set) var worstDistance: Float = .infinity

    package init(capacity: Int) {
        self.capacity = capacity
        heap.reserveCapacity(min(capacity, 1024))
    }

    package mutating func offer(_ candidate: Candidate) {
        if heap.count < capacity {
            heap.append(candidate)
            siftUp(heap.count - 1)
        } else if let worst = heap.first, Candidate.isNearer(candidate, worst) {
            heap[0] = candidate
            siftDown()
        } else {
            return
        }
        if heap.count == capacity, let worst = heap.first { worstDistance = worst.distance }
    }

    /// The kept rows, nearest first.
    package consuming func sorted() -> [Candidate] {
        heap.sorted(by: Candidate.isNearer)
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard Candidate.isNearer(heap[parent], heap[child]) else { return }
            heap.swapAt(parent, child)
            child = parent
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var worst = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if Candidate.isNearer(heap[worst], heap[child]) { worst = child }
            }
            guard worst != parent else { return }
            heap.swapAt(worst, parent)
            parent = worst
        }
    }
}

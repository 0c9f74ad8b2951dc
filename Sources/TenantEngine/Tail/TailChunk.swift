import ChromaModel
import Synchronization
import VectorIndex

/// What a row holds besides its embedding.
struct RowPayload: Sendable {
    let id: RecordID
    var document: String?
    var uri: String?
    var metadata: Metadata?
}

/// A fixed number of row versions, filled front to back and never changed after publication.
///
/// **Invariant:** slots below a published row count are immutable, except `removedAt`, which is
/// atomic and goes from "live" to one epoch once. The one writer fills slots above it.
final class TailChunk: @unchecked Sendable {
    // Safe to share by the invariant above: publication goes through a lock, which orders the
    // writer's stores before any reader's loads.
    let firstRow: Int
    let capacity: Int
    let dimension: Int
    let embeddings: UnsafeMutablePointer<Float>
    let inverseNorms: UnsafeMutablePointer<Float>
    /// Place in insertion order; kept by updates of the same record.
    let orders: UnsafeMutablePointer<UInt64>
    private let payloads: UnsafeMutablePointer<RowPayload>
    private let removedAt: UnsafeMutablePointer<Atomic<UInt64>>
    /// Slots filled; the writer's alone.
    private(set) var count = 0

    init(firstRow: Int, capacity: Int, dimension: Int) {
        self.firstRow = firstRow
        self.capacity = capacity
        self.dimension = dimension
        embeddings = .allocate(capacity: capacity * dimension)
        inverseNorms = .allocate(capacity: capacity)
        orders = .allocate(capacity: capacity)
        payloads = .allocate(capacity: capacity)
        removedAt = .allocate(capacity: capacity)
    }

    deinit {
        payloads.deinitialize(count: count)
        removedAt.deinitialize(count: count)
        embeddings.deallocate()
        inverseNorms.deallocate()
        orders.deallocate()
        payloads.deallocate()
        removedAt.deallocate()
    }

    var isFull: Bool { count == capacity }

    /// Fills the next slot. The embedding must have `dimension` elements.
    func append(_ payload: RowPayload, embedding: UnsafeBufferPointer<Float>, order: UInt64) {
        precondition(count < capacity && embedding.count == dimension, "row does not fit")
        if let source = embedding.baseAddress {
            (embeddings + count * dimension).update(from: source, count: dimension)
        }
        inverseNorms[count] = DistanceKernel.inverseNorm(embedding)
        orders[count] = order
        (payloads + count).initialize(to: payload)
        (removedAt + count).initialize(to: Atomic(UInt64.max))
        count += 1
    }

    func embedding(_ slot: Int) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(start: embeddings + slot * dimension, count: dimension)
    }

    func payload(_ slot: Int) -> RowPayload { payloads[slot] }

    /// Calls `body` with the payload in place, without copying it.
    @inline(__always)
    func withPayload<R>(_ slot: Int, _ body: (borrowing RowPayload) -> R) -> R {
        body(payloads[slot])
    }

    @inline(__always)
    func isLive(_ slot: Int, at epoch: UInt64) -> Bool {
        removedAt[slot].load(ordering: .relaxed) > epoch
    }

    /// Makes the row invisible to snapshots of `epoch` and later.
    func remove(_ slot: Int, at epoch: UInt64) {
        removedAt[slot].store(epoch, ordering: .relaxed)
    }
}

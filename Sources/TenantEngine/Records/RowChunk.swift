import ChromaModel
import VectorIndex

/// What a row holds besides its embedding.
struct RowPayload: Sendable {
    let id: RecordID
    var document: String?
    var uri: String?
    var metadata: Metadata?
}

/// A fixed number of row versions in memory, filled front to back and never changed afterwards.
///
/// **Invariant:** slots below a published row count are immutable. The one writer fills slots
/// above it.
final class RowChunk: @unchecked Sendable {
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
    /// Slots filled; the writer's alone.
    private(set) var count = 0
    /// About how much memory the rows take; the writer's alone.
    private(set) var byteCount = 0
    private let budget: TenantBudget?

    init(firstRow: Int, capacity: Int, dimension: Int, budget: TenantBudget?) {
        self.budget = budget
        self.firstRow = firstRow
        self.capacity = capacity
        self.dimension = dimension
        embeddings = .allocate(capacity: capacity * dimension)
        inverseNorms = .allocate(capacity: capacity)
        orders = .allocate(capacity: capacity)
        payloads = .allocate(capacity: capacity)
    }

    deinit {
        budget?.shrank(by: byteCount)
        payloads.deinitialize(count: count)
        embeddings.deallocate()
        inverseNorms.deallocate()
        orders.deallocate()
        payloads.deallocate()
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
        count += 1
        let bytes = dimension * 4 + payload.byteCount
        byteCount += bytes
        budget?.grew(by: bytes)
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
}

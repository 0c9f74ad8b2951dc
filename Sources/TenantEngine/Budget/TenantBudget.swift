import Synchronization

/// One open tenant's share of the `WriteBudget`: what it holds of memory for writes.
///
/// Rows in memory count themselves in when they are written and out when nobody refers to them
/// any more, so that the count is true whoever still reads them, and forks that share rows count
/// them once.
final class TenantBudget: Sendable {
    private let whole: WriteBudget
    private let tail = Atomic(0)
    /// Bytes of writes that were let in and have no outcome yet. Changed by `whole` alone, under
    /// its lock.
    let entered = Atomic(0)
    /// Bytes of writes that wait to be let in; the same.
    let waiting = Atomic(0)

    init(of whole: WriteBudget) { self.whole = whole }

    /// Bytes of rows in memory.
    var tailBytes: Int { tail.load(ordering: .relaxed) }

    /// Bytes that count against the tenant's bound.
    var heldBytes: Int { tailBytes + entered.load(ordering: .relaxed) }

    /// Whether tails should be sealed without waiting for quiet.
    var isNearBound: Bool { whole.isNearBound(self) }

    /// Rows of that many bytes were written.
    func grew(by bytes: Int) {
        tail.wrappingAdd(bytes, ordering: .relaxed)
        whole.grew(by: bytes)
    }

    /// Rows of that many bytes are gone from memory.
    func shrank(by bytes: Int) {
        tail.wrappingSubtract(bytes, ordering: .relaxed)
        whole.shrank(by: bytes)
    }

    /// Waits until a write may go to the log.
    ///
    /// - Throws: `resourceExhausted` when too much waits already or there was no room in time.
    func enter(_ write: WriteSize) async throws { try await whole.enter(write, of: self) }

    /// The write has its outcome.
    func leave(_ write: WriteSize) { whole.leave(write, of: self) }
}

/// What a write takes of memory while it is on its way.
struct WriteSize: Sendable {
    /// About how many bytes its rows will take.
    let bytes: Int
    /// Whether it adds rows; else it needs no room in the tail.
    let growsTail: Bool
}

import Synchronization

/// What a limiter did since it was made.
package final class RateLimiterCounts: Sendable {
    private let askedCount = Atomic(0)
    private let unansweredCount = Atomic(0)
    private let refusedCount = Atomic(0)

    /// Leases that the keeper was asked for.
    package var asked: Int { askedCount.load(ordering: .relaxed) }
    /// Leases that it could not be asked for in time, and that came from this process's own share.
    package var unanswered: Int { unansweredCount.load(ordering: .relaxed) }
    /// Requests that were refused.
    package var refused: Int { refusedCount.load(ordering: .relaxed) }

    func asked(_ count: Int) { askedCount.wrappingAdd(count, ordering: .relaxed) }
    func missed(_ count: Int) { unansweredCount.wrappingAdd(count, ordering: .relaxed) }
    func refusedOne() { refusedCount.wrappingAdd(1, ordering: .relaxed) }
}

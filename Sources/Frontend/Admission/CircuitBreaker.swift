import ChromaModel
import Synchronization

/// Bounds how many requests are worked on at once, whoever sends them (protocol §8.3), over HTTP
/// and gRPC together.
package final class CircuitBreaker: Sendable {
    /// 0: no bound.
    private let requestsMax: Int
    private let inFlight = Atomic<Int>(0)

    package init(requestsMax: Int) { self.requestsMax = requestsMax }

    var count: Int { inFlight.load(ordering: .relaxed) }

    /// Counts a request in. Throws `resourceExhausted` when there are too many; `leave` in any
    /// other case when it has ended.
    func enter() throws(ServiceError) {
        let count = inFlight.wrappingAdd(1, ordering: .relaxed).newValue
        guard requestsMax == 0 || count <= requestsMax else {
            leave()
            throw ServiceError(.resourceExhausted, "You have been rate limited.")
        }
    }

    func leave() { inFlight.wrappingSubtract(1, ordering: .relaxed) }
}

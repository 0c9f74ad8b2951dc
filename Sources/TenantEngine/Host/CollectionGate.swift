import Access
import ChromaModel
import Synchronization

/// Counts what runs on each collection at once, against the tenant's quota of it.
///
/// It stands where a collection's engine is, so the count is exact for any number of frontends.
final class CollectionGate: Sendable {
    private struct Lane: Hashable {
        let collection: CollectionID
        let usage: UsageType
    }

    private let running = Mutex<[Lane: Int]>([:])

    /// Runs the body, unless as many run already as the quota allows.
    /// Throws `resourceExhausted` in upstream's words (protocol §8.2).
    func pass<Value>(
        _ usage: UsageType, of collection: CollectionID, in scope: DatabaseScope,
        _ body: () async throws -> Value
    ) async throws -> Value {
        let lane = Lane(collection: collection, usage: usage)
        let isFull = running.withLock { running in
            let count = running[lane, default: 0]
            guard count < scope.quotas[usage] else { return true }
            running[lane] = count + 1
            return false
        }
        if isFull {
            throw ServiceError(.resourceExhausted, "Too many requests; backoff and try again")
        }
        defer { leave(lane) }
        return try await body()
    }

    private func leave(_ lane: Lane) {
        running.withLock { running in
            let count = running[lane, default: 1] - 1
            running[lane] = count == 0 ? nil : count
        }
    }
}

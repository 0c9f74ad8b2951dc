import Platform
import RateLimits
import Synchronization

/// A keeper in memory, which can be made unreachable.
final class BucketKeeper: LeaseKeeper {
    typealias Key = String

    struct Unreachable: Error {}

    private struct State {
        var buckets: [String: LeaseBucket] = [:]
        var isReachable = true
        var isStuck = false
        var calls = 0
    }

    private let time: any TimeSource
    private let state = Mutex(State())

    init(time: any TimeSource) { self.time = time }

    var calls: Int { state.withLock { $0.calls } }
    func setReachable(_ reachable: Bool) { state.withLock { $0.isReachable = reachable } }

    /// From now on no question is answered.
    func getStuck() { state.withLock { $0.isStuck = true } }

    func acquire(_ questions: [LeaseTable<String>.Question]) async throws -> [LeaseAnswer] {
        await Task.yield()
        if state.withLock({ $0.isStuck }) { try await Task.sleep(for: .seconds(3600)) }
        let now = time.monotonicNanoseconds()
        return try state.withLock { state in
            state.calls += 1
            guard state.isReachable else { throw Unreachable() }
            return questions.map { question in
                var bucket =
                    state.buckets[question.key]
                    ?? LeaseBucket(full: question.policy, nowNanoseconds: now)
                defer { state.buckets[question.key] = bucket }
                return bucket.grant(
                    want: question.want, atLeast: question.atLeast, policy: question.policy,
                    nowNanoseconds: now)
            }
        }
    }
}

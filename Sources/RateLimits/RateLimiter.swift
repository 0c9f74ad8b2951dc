import Platform
import Synchronization

/// Holds requests to rates that all frontends share, asking the keeper seldom, and mostly before
/// a request would have to wait for the answer.
///
/// When the keeper can't be reached, leases in hand are spent first; then each frontend refills
/// by itself at its share of the rate, until the keeper answers again.
package final class RateLimiter<Key: Hashable & Comparable & Sendable>: Sendable {
    package typealias Need = LeaseTable<Key>.Need

    /// How often a request may find that others were quicker with the tokens it asked for, or that
    /// a lease ran out before a busy machine came to it. Each try waits for an answer.
    private static var triesMax: Int { 32 }
    /// What a request is told that lost all its tries.
    private static var lostRetryNanoseconds: UInt64 { 100_000_000 }
    /// A keeper out of reach is not asked again sooner.
    private static var keeperPauseNanoseconds: UInt64 { 1_000_000_000 }
    /// Failures of the keeper are told so often at the most.
    private static var failureNanoseconds: UInt64 { 10_000_000_000 }
    /// Keys that hold nothing are forgotten so often.
    private static var sweepNanoseconds: UInt64 { 60_000_000_000 }

    private struct State {
        var table = LeaseTable<Key>()
        var waiters: [Key: [CheckedContinuation<Void, Never>]] = [:]
        /// Buckets of this process's own, used while the keeper is out of reach.
        var fallback: [Key: LeaseBucket] = [:]
        var sweptNanoseconds: UInt64 = 0
        var keeperPausedUntilNanoseconds: UInt64 = 0
        var toldFailureNanoseconds: UInt64?
    }

    private let keeper: any LeaseKeeper<Key>
    private let time: any TimeSource
    /// How many frontends share a rate, at least 1.
    private let frontendCount: @Sendable () -> Int
    private let keeperPatience: Duration
    private let onKeeperFailure: @Sendable (any Error) -> Void
    private let state = Mutex(State())
    package let counts = RateLimiterCounts()

    /// - Parameters:
    ///   - frontendCount: how many frontends share a rate.
    ///   - keeperPatience: how long the keeper may take; longer counts as out of reach.
    ///   - onKeeperFailure: told why the keeper is out of reach, now and then.
    package init(
        keeper: any LeaseKeeper<Key>, time: any TimeSource,
        frontendCount: @escaping @Sendable () -> Int = { 1 },
        keeperPatience: Duration = .milliseconds(250),
        onKeeperFailure: @escaping @Sendable (any Error) -> Void
    ) {
        self.keeper = keeper
        self.time = time
        self.frontendCount = frontendCount
        self.keeperPatience = keeperPatience
        self.onKeeperFailure = onKeeperFailure
    }

    /// Returns when the request may run; `settle` what it returns when it has run or failed.
    ///
    /// - Throws: `RateRefusal`.
    @specialized(where Key == RateKey)
    package func admit(_ needs: [Need]) async throws -> LeaseTable<Key>.Reservation {
        for _ in 0..<Self.triesMax {
            let now = time.monotonicNanoseconds()
            switch decide(needs, now) {
            case .admitted(let reservation, let renewing):
                if !renewing.isEmpty { renew(renewing) }
                return reservation
            case .refused(let key, let retry):
                counts.refusedOne()
                throw refusal(of: key, retry, needs, now)
            case .ask(let questions): await ask(questions)
            case .wait(let key): await wait(for: key)
            }
        }
        throw refusal(
            of: needs[0].key, Self.lostRetryNanoseconds, needs, time.monotonicNanoseconds())
    }

    /// A request that was admitted ended; `used` is what it used of each key. Nearly all use
    /// what was reserved, and take no lock for it.
    @specialized(where Key == RateKey)
    package func settle(
        _ reservation: LeaseTable<Key>.Reservation, used: (Key) -> Double
    ) {
        if reservation.isUsedUp(used) { return }
        let now = time.monotonicNanoseconds()
        state.withLock { $0.table.settle(reservation, nowNanoseconds: now, used: used) }
    }

    /// What may still be spent at once of a key, as far as this frontend knows.
    package func remaining(of key: Key) -> Double {
        let now = time.monotonicNanoseconds()
        return state.withLock { $0.table.remaining(of: key, nowNanoseconds: now) }
    }

    private func decide(_ needs: [Need], _ now: UInt64) -> LeaseTable<Key>.Decision {
        let count = frontendCount()
        return state.withLock { state in
            if now > state.sweptNanoseconds + Self.sweepNanoseconds {
                state.sweptNanoseconds = now
                state.table.forgetIdle(nowNanoseconds: now)
                // A bucket that nobody used for so long is full again, as a new one is.
                state.fallback = state.fallback.filter {
                    now < $0.value.updatedNanoseconds + Self.sweepNanoseconds
                }
            }
            return state.table.decide(needs, frontendCount: count, nowNanoseconds: now)
        }
    }

    /// Asks in a task of its own: others wait for the answer, so it must come even when the
    /// request that asked is given up.
    private func ask(_ questions: [LeaseTable<Key>.Question]) async {
        counts.asked(questions.count)
        await Task {
            let sent = time.monotonicNanoseconds()
            guard sent >= state.withLock({ $0.keeperPausedUntilNanoseconds }) else {
                return takeFallback(questions, sent)
            }
            do {
                let answers = try await answers(to: questions)
                take(zip(questions, answers), sent)
            } catch {
                pauseKeeper(after: error)
                takeFallback(questions, sent)
            }
        }.value
    }

    /// Asks for more before a key's lease is used up, so that no request waits for it. Where the
    /// keeper is out of reach the lease is used up first.
    private func renew(_ questions: [LeaseTable<Key>.Question]) {
        counts.asked(questions.count)
        Task.detached { [self] in
            let sent = time.monotonicNanoseconds()
            guard sent >= state.withLock({ $0.keeperPausedUntilNanoseconds }) else {
                return giveUp(questions)
            }
            do {
                let answers = try await answers(to: questions)
                take(zip(questions, answers), sent)
            } catch {
                pauseKeeper(after: error)
                giveUp(questions)
            }
        }
    }

    /// Those who wait for an answer decide again, and ask.
    private func giveUp(_ questions: [LeaseTable<Key>.Question]) {
        counts.missed(questions.count)
        let resumed = state.withLock { state in
            questions.flatMap { question in
                state.table.giveUp(question.key)
                return state.waiters.removeValue(forKey: question.key) ?? []
            }
        }
        for waiter in resumed { waiter.resume() }
    }

    /// An answer that comes after the patience has ended is dropped; its tokens are lost, which
    /// admits less and never more.
    private func answers(to questions: [LeaseTable<Key>.Question]) async throws -> [LeaseAnswer] {
        try await withCheckedThrowingContinuation { continuation in
            let first = FirstAnswer(continuation)
            let timer = Task {
                try await Task.sleep(for: keeperPatience)
                first.resume(with: .failure(KeeperTooSlow()))
            }
            Task {
                do {
                    first.resume(with: .success(try await keeper.acquire(questions)))
                } catch {
                    first.resume(with: .failure(error))
                }
                timer.cancel()
            }
        }
    }

    /// Leaves the keeper alone for a while, and says so now and then.
    private func pauseKeeper(after error: any Error) {
        let now = time.monotonicNanoseconds()
        let isDue = state.withLock { state in
            state.keeperPausedUntilNanoseconds = now + Self.keeperPauseNanoseconds
            if let told = state.toldFailureNanoseconds, now < told + Self.failureNanoseconds {
                return false
            }
            state.toldFailureNanoseconds = now
            return true
        }
        if isDue { onKeeperFailure(error) }
    }

    private func take(
        _ answers: some Sequence<(LeaseTable<Key>.Question, LeaseAnswer)>, _ sent: UInt64
    ) {
        let now = time.monotonicNanoseconds()
        let resumed = state.withLock { state in
            var resumed: [CheckedContinuation<Void, Never>] = []
            for (question, answer) in answers {
                state.fallback[question.key] = nil
                state.table.take(
                    answer, for: question.key, sentNanoseconds: sent, nowNanoseconds: now)
                resumed += state.waiters.removeValue(forKey: question.key) ?? []
            }
            return resumed
        }
        for waiter in resumed { waiter.resume() }
    }

    private func takeFallback(_ questions: [LeaseTable<Key>.Question], _ sent: UInt64) {
        counts.missed(questions.count)
        let now = time.monotonicNanoseconds()
        let share = frontendCount()
        let resumed = state.withLock { state in
            var resumed: [CheckedContinuation<Void, Never>] = []
            for question in questions {
                let policy = question.policy.share(of: share)
                var bucket =
                    state.fallback[question.key]
                    ?? LeaseBucket(full: policy, nowNanoseconds: now)
                let answer = bucket.grant(
                    want: min(question.want, policy.burst),
                    atLeast: min(question.atLeast, policy.burst), policy: policy,
                    nowNanoseconds: now)
                state.fallback[question.key] = bucket
                state.table.take(
                    answer, for: question.key, sentNanoseconds: sent, nowNanoseconds: now)
                resumed += state.waiters.removeValue(forKey: question.key) ?? []
            }
            return resumed
        }
        for waiter in resumed { waiter.resume() }
    }

    private func wait(for key: Key) async {
        await withCheckedContinuation { waiter in
            let mustWait = state.withLock { state in
                guard state.table.isAsking(key) else { return false }
                state.waiters[key, default: []].append(waiter)
                return true
            }
            if !mustWait { waiter.resume() }
        }
    }

    private func refusal(of key: Key, _ retry: UInt64, _ needs: [Need], _ now: UInt64)
        -> RateRefusal<Key>
    {
        let policy = needs.first { $0.key == key }?.policy ?? needs[0].policy
        return RateRefusal(
            key: key, policy: policy, remaining: remaining(of: key),
            retryAfterNanoseconds: retry)
    }
}

/// A request that came too soon, and what its answer says of the tightest limit.
package struct RateRefusal<Key: Sendable>: Error {
    package let key: Key
    package let policy: RatePolicy
    package let remaining: Double
    package let retryAfterNanoseconds: UInt64
}

extension RateRefusal {
    /// When to ask again whether a limit of 0 has been raised.
    private static var closedRetryNanoseconds: UInt64 { 60_000_000_000 }

    /// The refusal of a limit of 0.
    package static func closed(_ key: Key) -> RateRefusal {
        RateRefusal(
            key: key, policy: .closed, remaining: 0,
            retryAfterNanoseconds: closedRetryNanoseconds)
    }
}

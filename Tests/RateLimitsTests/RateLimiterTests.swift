import Platform
import RateLimits
import TestSupport
import Testing

@Suite("A frontend's rate limiter")
struct RateLimiterTests {
    typealias Limiter = RateLimiter<String>

    let time = ManualTimeSource()
    let keeper: BucketKeeper

    init() { keeper = BucketKeeper(time: time) }

    /// - Parameter patience: real time, long enough for a busy machine unless a test says less.
    private func limiter(frontends: Int = 1, patience: Duration = .seconds(600)) -> Limiter {
        Limiter(
            keeper: keeper, time: time, frontendCount: { frontends }, keeperPatience: patience,
            onKeeperFailure: { _ in })
    }

    private func need(_ key: String, _ cost: Double = 1, rate: Double = 10, burst: Double = 10)
        throws -> Limiter.Need
    {
        let policy = try #require(RatePolicy(ratePerSecond: rate, burst: burst))
        return Limiter.Need(key: key, policy: policy, cost: cost)
    }

    /// How many of `count` requests, one after the other, are let in.
    private func admitted(_ count: Int, of limiter: Limiter, _ needs: [Limiter.Need]) async
        -> Int
    {
        var admitted = 0
        for _ in 0..<count {
            guard let reservation = try? await limiter.admit(needs) else { continue }
            admitted += 1
            limiter.settle(reservation) { key in needs.first { $0.key == key }?.cost ?? 0 }
        }
        return admitted
    }

    @Test("lets the burst through, then the rate")
    func burstThenRate() async throws {
        let limiter = limiter()
        let needs = [try need("a")]
        #expect(await admitted(30, of: limiter, needs) == 10)
        time.advance(nanoseconds: 500_000_000)
        #expect(await admitted(30, of: limiter, needs) == 5)
        time.advance(seconds: 60)
        #expect(await admitted(30, of: limiter, needs) == 10)
    }

    @Test("says when to come again, and doesn't ask the keeper until then")
    func retryAfter() async throws {
        let limiter = limiter()
        let needs = [try need("a")]
        #expect(await admitted(10, of: limiter, needs) == 10)
        let refusal = await #expect(throws: RateRefusal<String>.self) {
            _ = try await limiter.admit(needs)
        }
        // Leases are no whole numbers, so their sum is rounded.
        let retry = try #require(refusal?.retryAfterNanoseconds)
        #expect((100_000_000...100_000_010).contains(retry))
        let calls = keeper.calls
        #expect(await admitted(100, of: limiter, needs) == 0)
        #expect(keeper.calls == calls)
    }

    @Test("takes nothing from one key when another refuses")
    func allOrNothing() async throws {
        let limiter = limiter()
        let both = [try need("wide", rate: 100, burst: 100), try need("narrow")]
        #expect(await admitted(50, of: limiter, both) == 10)
        let wide = [try need("wide", rate: 100, burst: 100)]
        #expect(await admitted(200, of: limiter, wide) == 90)
    }

    @Test("gives back what a request did not use")
    func unused() async throws {
        let limiter = limiter()
        let needs = [try need("a", 10)]
        let reservation = try await limiter.admit(needs)
        limiter.settle(reservation) { _ in 4 }
        #expect(await admitted(10, of: limiter, [try need("a")]) == 6)
    }

    @Test("has what was used beyond the estimate paid back, over as much time as it takes")
    func overuse() async throws {
        let limiter = limiter()
        let reservation = try await limiter.admit([try need("a")])
        limiter.settle(reservation) { _ in 40 }
        #expect(await admitted(10, of: limiter, [try need("a")]) == 0)
        // 9 were left and 30 are to be paid at 10 a second, before the next one.
        var admittedAfter = 0
        var seconds = 0
        while admittedAfter == 0, seconds < 20 {
            time.advance(seconds: 1)
            seconds += 1
            admittedAfter = await admitted(1, of: limiter, [try need("a")])
        }
        #expect((3...5).contains(seconds))
    }

    @Test("lets a request in that costs more than the burst, and has it paid afterwards")
    func largerThanBurst() async throws {
        let limiter = limiter()
        let needs = [try need("a", 25)]
        #expect(await admitted(1, of: limiter, needs) == 1)
        #expect(await admitted(1, of: limiter, needs) == 0)
    }

    @Test("goes on at its share of the rate while the keeper can't be reached")
    func fallback() async throws {
        let limiter = limiter(frontends: 2)
        keeper.setReachable(false)
        let needs = [try need("a")]
        #expect(await admitted(30, of: limiter, needs) == 5)
        time.advance(seconds: 1)
        #expect(await admitted(30, of: limiter, needs) == 5)
        keeper.setReachable(true)
        time.advance(seconds: 1)
        #expect(await admitted(30, of: limiter, needs) >= 9)
    }

    @Test("refuses nobody below the rate when the keeper goes away while it is asked for more")
    func unansweredRenewals() async throws {
        let limiter = limiter()
        let needs = [try need("a", rate: 10_000, burst: 10_000)]
        for step in 0..<1500 {
            if step == 500 { keeper.setReachable(false) }
            #expect(await admitted(1, of: limiter, needs) == 1)
            time.advance(nanoseconds: 1_000_000)
        }
        #expect(limiter.counts.unanswered > 0)
    }

    @Test("goes on by itself when the keeper answers nothing at all")
    func stuckKeeper() async throws {
        let limiter = limiter(patience: .milliseconds(20))
        keeper.getStuck()
        #expect(await admitted(10, of: limiter, [try need("a")]) == 10)
    }

    @Test("answers all of many requests at once, the burst and no more with yes")
    func concurrent() async throws {
        let limiter = limiter()
        let needs = [try need("a", rate: 10, burst: 100)]
        let admitted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<500 {
                group.addTask { await self.admitted(1, of: limiter, needs) }
            }
            return await group.reduce(0, +)
        }
        #expect(admitted == 100)
    }

    @Test("asks the keeper much less often than it is asked")
    func fewQuestions() async throws {
        let limiter = limiter()
        let needs = [try need("a", rate: 10_000, burst: 10_000)]
        for _ in 0..<1000 {
            #expect(await admitted(1, of: limiter, needs) == 1)
            time.advance(nanoseconds: 1_000_000)
        }
        #expect(keeper.calls < 100)
    }
}

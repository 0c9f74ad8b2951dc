import Access
import ChromaModel
import Platform
import Postgres
import RateLimits
import TestSupport
import Testing

@testable import ControlPlane

/// The keeper of rate limits' buckets is PostgreSQL's clock and rows, so these tests take time.
struct LeaseTests {
    private static let usage = UsageType.readRequestsPerSecond

    private func question(
        _ tenant: TenantID, want: Double, atLeast: Double = 1, rate: Double = 0.001,
        burst: Double = 100
    ) throws -> LeaseTable<RateKey>.Question {
        LeaseTable.Question(
            key: RateKey(tenant: tenant, usage: Self.usage),
            policy: try #require(RatePolicy(ratePerSecond: rate, burst: burst)), want: want,
            atLeast: atLeast)
    }

    @Test("two processes take from one bucket, and it gives its burst once")
    func shared() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme").id
            let first = try await fixture.controlPlane.acquire([question(tenant, want: 60)])
            let second = try await fixture.another().controlPlane.acquire(
                [question(tenant, want: 60)])
            let third = try await fixture.controlPlane.acquire([question(tenant, want: 60)])
            #expect(first.map(\.granted) == [60])
            #expect(second.map { $0.granted.rounded() } == [40])
            #expect(third.map(\.granted) == [0])
            #expect(try #require(third.first).retryAfterNanoseconds > 1_000_000_000)
        }
    }

    @Test("each tenant and each limit has a bucket of its own")
    func apart() async throws {
        try await Fixture.run { fixture in
            let acme = try await fixture.makeTenant("acme").id
            let zeta = try await fixture.makeTenant("zeta").id
            let answers = try await fixture.controlPlane.acquire(
                [question(acme, want: 100), question(zeta, want: 100)])
            #expect(answers.map(\.granted) == [100, 100])
        }
    }

    @Test("each token has a bucket of its own beside its tenant's, in their order")
    func tokens() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme").id
            let keys = [nil, "a", "b"].map {
                RateKey(
                    tenant: tenant, usage: Self.usage, credential: $0.map { RateCredential($0) })
            }
            #expect(keys.shuffled().sorted() == keys && Set(keys.map(\.description)).count == 3)
            let policy = try #require(RatePolicy(ratePerSecond: 0.001, burst: 100))
            let answers = try await fixture.controlPlane.acquire(
                keys.map { .init(key: $0, policy: policy, want: 100, atLeast: 1) })
            #expect(answers.map(\.granted) == [100, 100, 100])
        }
    }

    @Test("a tenant's quotas say how much of its rates is used, without those of its tokens")
    func used() async throws {
        try await Fixture.run { fixture in
            let record = try await fixture.makeTenant("acme")
            let scope = try await fixture.scope(record)
            let rate = Double(scope.quotas[Self.usage])
            let policy = try #require(RatePolicy(ratePerSecond: rate, burst: rate))
            let own = RateKey(
                tenant: record.id, usage: Self.usage, credential: RateCredential("a"))
            // The bucket is full again a second later, which may pass before it is looked at.
            var used = 0
            for _ in 0..<100 where used == 0 {
                _ = try await fixture.controlPlane.acquire([
                    .init(
                        key: RateKey(tenant: record.id, usage: Self.usage), policy: policy,
                        want: rate, atLeast: 1),
                    .init(key: own, policy: policy, want: rate, atLeast: 1),
                ])
                used = try #require(try await fixture.controlPlane.used(in: scope)[Self.usage])
            }
            #expect(used > 0 && Double(used) <= rate)
        }
    }

    @Test("buckets that nobody used for an hour are forgotten, others are kept")
    func idle() async throws {
        try await Fixture.run { fixture in
            let acme = try await fixture.makeTenant("acme").id
            let zeta = try await fixture.makeTenant("zeta").id
            _ = try await fixture.controlPlane.acquire(
                [question(acme, want: 100), question(zeta, want: 100)])
            try await fixture.controlPlane.forgetIdleBuckets()
            let prefix = "\(acme)/"
            try await fixture.pool.query(
                """
                UPDATE quota.bucket SET updated_ns = updated_ns - 3601000000000
                WHERE starts_with(key, \(prefix))
                """)
            try await fixture.controlPlane.forgetIdleBuckets()
            let rows = try await fixture.pool.query("SELECT key FROM quota.bucket")
            let keys = try rows.map { try $0.text("key") }
            #expect(keys.count == 1 && keys[0].hasPrefix("\(zeta)/"))
        }
    }

    @Test("fifty askers at once, in whatever order, get the burst together and no more")
    func concurrent() async throws {
        try await Fixture.run { fixture in
            let tenants = [
                try await fixture.makeTenant("acme").id, try await fixture.makeTenant("zeta").id,
            ].map { RateKey(tenant: $0, usage: Self.usage) }.sorted().map(\.tenant)
            let granted = try await withThrowingTaskGroup(of: Double.self) { group in
                for _ in 0..<50 {
                    let questions = try tenants.map { try question($0, want: 7) }
                    group.addTask {
                        try await fixture.controlPlane.acquire(questions).reduce(0) {
                            $0 + $1.granted
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect((199...200.5).contains(granted))
        }
    }

    @Test("a bucket fills again at its rate")
    func refill() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme").id
            let fast = try question(tenant, want: 100, rate: 10_000)
            _ = try await fixture.controlPlane.acquire([fast])
            try await Task.sleep(for: .milliseconds(50))
            let answers = try await fixture.controlPlane.acquire([fast])
            #expect(answers.map { $0.granted.rounded() } == [100])
        }
    }
}

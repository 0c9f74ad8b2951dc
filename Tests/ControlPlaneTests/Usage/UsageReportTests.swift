import Access
import ChromaModel
import Postgres
import TestSupport
import Testing
import Usage

@testable import ControlPlane

struct UsageReportTests {
    /// 2026-03-10 10:00 UTC.
    static let minute: UInt32 = 29_552_280

    static func sum(_ pool: PostgresPool, _ meter: Meter = .writtenBytes) async throws -> Int64 {
        let rows = try await pool.query(
            """
            SELECT coalesce(sum(quantity), 0)::bigint AS total FROM usage.total
            WHERE meter = \(meter.rawValue)
            """)
        return try rows[0].int64("total")
    }

    @Test("the same report twice counts once, and so does a smaller quantity for a larger")
    func twice() async throws {
        try await Fixture.run { fixture in
            var reporter = UsageReporter("node")
            let first = reporter.report([reporter.cell(40, minute: Self.minute)])
            try await fixture.expect(.taken, for: first)
            try await fixture.expect(.taken, for: first)
            let second = reporter.report([reporter.cell(30, minute: Self.minute)])
            try await fixture.expect(.taken, for: second)
            #expect(try await Self.sum(fixture.pool) == 40)
        }
    }

    @Test("a boot after a restart adds to what the one before counted")
    func restart() async throws {
        try await Fixture.run { fixture in
            for boot in ["1", "2"] {
                var reporter = UsageReporter("node", boot: boot)
                let report = reporter.report([reporter.cell(40, minute: Self.minute)])
                try await fixture.expect(.taken, for: report)
            }
            #expect(try await Self.sum(fixture.pool) == 80)
        }
    }

    @Test("a missing report is noticed, nothing behind it is taken")
    func gap() async throws {
        try await Fixture.run { fixture in
            var reporter = UsageReporter("node")
            let reports = (1...3).map {
                reporter.report([reporter.cell(UInt64($0) * 10, minute: Self.minute)])
            }
            try await fixture.expect(.taken, for: reports[0])
            try await fixture.expect(
                .expects(sequence: 1, previousHash: reports[0].chainHash),
                for: reports[2])
            #expect(try await Self.sum(fixture.pool) == 10)
            var other = UsageReporter("node")
            _ = other.report([])
            let forged = other.report([other.cell(99, minute: Self.minute)])
            try await fixture.expect(
                .expects(sequence: 1, previousHash: reports[0].chainHash),
                for: forged)
            try await fixture.expect(.taken, for: reports[1])
            try await fixture.expect(.taken, for: reports[2])
            #expect(try await Self.sum(fixture.pool) == 30)
        }
    }

    @Test("a report that cannot be stored leaves nothing of itself")
    func abort() async throws {
        try await Fixture.run { fixture in
            var reporter = UsageReporter("node")
            let broken = reporter.cell(
                5, credential: String(repeating: "x", count: 600), minute: Self.minute + 1)
            let report = reporter.report([reporter.cell(5, minute: Self.minute), broken])
            await expectRefusal(.internalError) { _ = try await fixture.controlPlane.take(report) }
            #expect(try await Self.sum(fixture.pool) == 0)
            var again = UsageReporter("node")
            let good = again.report([again.cell(5, minute: Self.minute)])
            try await fixture.expect(.taken, for: good)
        }
    }

    @Test("the name of a tenant stays with its usage when the tenant is gone")
    func names() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme").id
            var reporter = UsageReporter("node")
            let report = reporter.report([
                reporter.cell(5, tenant: tenant, minute: Self.minute)
            ])
            _ = try await fixture.controlPlane.take(report)
            try await fixture.pool.query("DELETE FROM cp.tenant WHERE id = \(tenant)")
            let row = try await fixture.pool.query(
                "SELECT name FROM usage.tenant_name WHERE tenant_id = \(tenant)"
            ).first
            #expect(try row?.text("name") == "acme")
            #expect(try await Self.sum(fixture.pool) == 5)
        }
    }

    @Test("resent, reordered and restarted at random, reports add up to what was counted")
    func random() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        try await Fixture.run { fixture in
            let truth = try await withThrowingTaskGroup(of: UInt64.self) { group in
                for source in 0..<8 {
                    group.addTask {
                        try await Self.work(
                            source, SeededRandom(seed: seed &+ UInt64(source)), fixture)
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(try await Self.sum(fixture.pool) == Int64(truth), "seed \(seed)")
        }
    }

    /// One source, whose cells share keys, but for the origin, with all others', and some of
    /// which come from the same tenant's log. Returns what it counted.
    private static func work(_ source: Int, _ random: SeededRandom, _ fixture: Fixture)
        async throws -> UInt64
    {
        var counted: UInt64 = 0
        for boot in 0..<3 {
            var reporter = UsageReporter("node-\(source)", boot: "\(boot)")
            var quantities: [UInt32: UInt64] = [:]
            var sent: [UsageBatch] = []
            for _ in 0..<12 {
                for _ in 0..<(random.next() % 40) {
                    let amount = random.next() % 100
                    quantities[minute + UInt32(random.next() % 60), default: 0] += amount
                    counted += amount
                }
                sent.append(
                    reporter.report(
                        quantities.map { reporter.cell($0.value, minute: $0.key) }.shuffled()))
                // An answer may be lost, and old reports come again in any order.
                try await fixture.expect(.taken, for: sent[sent.count - 1])
                for batch in sent.filter({ _ in random.next() % 4 == 0 }) {
                    _ = try await fixture.controlPlane.take(batch)
                }
            }
        }
        return counted
    }
}

extension Fixture {
    /// Expects that answer to a report.
    func expect(
        _ receipt: UsageReceipt, for batch: UsageBatch,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await controlPlane.take(batch)
        #expect(answer == receipt, sourceLocation: sourceLocation)
    }
}

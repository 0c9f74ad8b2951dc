import ChromaModel
import Postgres
import TestSupport
import Testing
import Usage

@testable import ControlPlane

struct UsageFoldTests {
    private static let minute = UsageReportTests.minute
    private static let month: UInt64 = 31 * 86_400_000

    /// A time so many minutes after the first, in Unix milliseconds.
    private static func time(_ minutes: UInt32) -> UInt64 {
        UsageMinute(minute + minutes).milliseconds
    }

    /// What the hours say, as `hour offset: quantity`, corrections apart.
    private static func hours(
        _ pool: PostgresPool, _ meter: Meter, corrections: Bool = false
    ) async throws -> [Int: Int64] {
        let rows = try await pool.query(
            """
            SELECT hour, sum(quantity)::bigint AS quantity FROM usage.hour
            WHERE meter = \(meter.rawValue) AND is_correction = \(corrections) GROUP BY hour
            """)
        var hours: [Int: Int64] = [:]
        for row in rows {
            let offset = (Int(try row.milliseconds("hour")) - Int(time(0))) / 3_600_000
            hours[offset] = try row.int64("quantity")
        }
        return hours
    }

    @Test("an hour is booked when every live source has reported it, or after 72 hours")
    func watermark() async throws {
        try await Fixture.run { fixture in
            var fast = UsageReporter("fast")
            var slow = UsageReporter("slow")
            _ = try await fixture.controlPlane.take(
                fast.report([fast.cell(5, minute: Self.minute)], watermark: Self.minute + 60))
            _ = try await fixture.controlPlane.take(
                slow.report([slow.cell(7, minute: Self.minute)], watermark: Self.minute + 59))
            try await fixture.controlPlane.foldUsage(atMilliseconds: Self.time(70))
            #expect(try await Self.hours(fixture.pool, .writtenBytes).isEmpty)
            _ = try await fixture.controlPlane.take(slow.report([], watermark: Self.minute + 60))
            try await fixture.controlPlane.foldUsage(atMilliseconds: Self.time(61))
            #expect(try await Self.hours(fixture.pool, .writtenBytes).isEmpty)
            try await fixture.controlPlane.foldUsage(atMilliseconds: Self.time(62))
            #expect(try await Self.hours(fixture.pool, .writtenBytes) == [0: 12])
            _ = try await fixture.controlPlane.take(
                fast.report([fast.cell(9, minute: Self.minute + 60)]))
            try await fixture.controlPlane.foldUsage(atMilliseconds: Self.time(119 + 72 * 60))
            #expect(try await Self.hours(fixture.pool, .writtenBytes) == [0: 12])
            try await fixture.controlPlane.foldUsage(atMilliseconds: Self.time(120 + 72 * 60))
            #expect(try await Self.hours(fixture.pool, .writtenBytes) == [0: 12, 1: 9])
            #expect(try await UsageReportTests.sum(fixture.pool) == 21)
        }
    }

    @Test("a source that was not heard of for 72 hours keeps nobody waiting")
    func gone() async throws {
        try await Fixture.run { fixture in
            var gone = UsageReporter("gone")
            _ = try await fixture.controlPlane.take(
                gone.report([gone.cell(5, minute: Self.minute)], watermark: Self.minute))
            var live = UsageReporter("live")
            _ = try await fixture.controlPlane.take(live.report([], watermark: Self.minute + 60))
            try await fixture.controlPlane.foldUsage(atMilliseconds: Self.time(70))
            #expect(try await Self.hours(fixture.pool, .writtenBytes).isEmpty)
            try await fixture.pool.query(
                """
                UPDATE usage.cursor SET update_time =
                    \(.timestamp(milliseconds: Self.time(70) - 72 * 3_600_000))
                WHERE source = 'gone'
                """)
            try await fixture.controlPlane.foldUsage(atMilliseconds: Self.time(70))
            #expect(try await Self.hours(fixture.pool, .writtenBytes) == [0: 5])
        }
    }

    @Test("cells that come late are booked once more, and folding twice changes nothing")
    func late() async throws {
        try await Fixture.run { fixture in
            var node = UsageReporter("node")
            _ = try await fixture.controlPlane.take(
                node.report([node.cell(5, minute: Self.minute)], watermark: Self.minute + 120))
            try await fixture.controlPlane.foldUsage(atMilliseconds: Self.time(200))
            _ = try await fixture.controlPlane.take(
                node.report([node.cell(8, minute: Self.minute)]))
            try await fixture.controlPlane.foldUsage(atMilliseconds: Self.time(200))
            try await fixture.controlPlane.foldUsage(atMilliseconds: Self.time(200))
            #expect(try await Self.hours(fixture.pool, .writtenBytes) == [0: 8])
            #expect(try await UsageReportTests.sum(fixture.pool) == 8)
        }
    }

    @Test("a size holds until the next sample: the example of docs/metering.md")
    func stored() async throws {
        try await Fixture.run { fixture in
            var node = UsageReporter("log")
            func sample(_ bytes: UInt64, _ offset: UInt32, collection: UInt64 = 1) -> UsageCell {
                node.cell(
                    bytes, collection: collection, credential: "", meter: .storedBytes,
                    minute: Self.minute + offset)
            }
            let cells = [
                sample(36, 15), sample(0, 45), sample(10, 30, collection: 2),
                sample(20, 120, collection: 2),
            ]
            _ = try await fixture.controlPlane.take(
                node.report(cells, watermark: Self.minute + 240))
            try await fixture.controlPlane.foldUsage(atMilliseconds: Self.time(250))
            #expect(
                try await Self.hours(fixture.pool, .storedByteMinutes)
                    == [0: 36 * 30 + 10 * 30, 1: 600, 2: 1200, 3: 1200])
        }
    }

    @Test("a size that comes late changes every hour until the next sample")
    func lateSize() async throws {
        try await Fixture.run { fixture in
            var node = UsageReporter("log")
            func sample(_ bytes: UInt64, _ offset: UInt32) -> UsageCell {
                node.cell(
                    bytes, credential: "", meter: .storedBytes, minute: Self.minute + offset)
            }
            let first = [sample(10, 0), sample(1, 180)]
            _ = try await fixture.controlPlane.take(
                node.report(first, watermark: Self.minute + 300))
            try await fixture.controlPlane.foldUsage(atMilliseconds: Self.time(303))
            _ = try await fixture.controlPlane.take(node.report([sample(50, 30)]))
            try await fixture.controlPlane.foldUsage(atMilliseconds: Self.time(303))
            #expect(
                try await Self.hours(fixture.pool, .storedByteMinutes)
                    == [0: 1800, 1: 3000, 2: 3000, 3: 60, 4: 60])
        }
    }

    @Test("a sealed period never changes; what comes later is the next one's correction")
    func sealed() async throws {
        try await Fixture.run { fixture in
            var node = UsageReporter("node")
            _ = try await fixture.controlPlane.take(
                node.report(
                    [node.cell(5, minute: Self.minute)], watermark: Self.minute + 60 * 24 * 31))
            try await fixture.controlPlane.foldUsage(atMilliseconds: Self.time(0) + Self.month)
            let states = try await fixture.pool.query(
                "SELECT state FROM usage.period ORDER BY period")
            #expect(try states.map { try $0.text("state") } == ["SEALED", "OPEN"])
            for _ in 0..<2 {
                _ = try await fixture.controlPlane.take(
                    node.report([node.cell(8, minute: Self.minute)]))
                try await fixture.controlPlane.foldUsage(
                    atMilliseconds: Self.time(0) + Self.month)
            }
            #expect(try await Self.hours(fixture.pool, .writtenBytes) == [0: 5])
            #expect(try await Self.hours(fixture.pool, .writtenBytes, corrections: true) == [0: 3])
            #expect(try await UsageReportTests.sum(fixture.pool) == 8)
            for statement: SQL in [
                "UPDATE usage.hour SET quantity = 9 WHERE NOT is_correction",
                "DELETE FROM usage.hour WHERE NOT is_correction",
                """
                INSERT INTO usage.hour SELECT period, hour, tenant_id, database_id, collection_id,
                    credential, 'forks', true, quantity FROM usage.hour WHERE NOT is_correction
                """,
                "UPDATE usage.period SET state = 'OPEN', seal_time = NULL WHERE state = 'SEALED'",
                "TRUNCATE usage.hour",
            ] {
                await #expect(throws: PostgresError.self) {
                    try await fixture.pool.query(statement)
                }
            }
        }
    }

    @Test("a week after the seal the cells go, and what comes then is kept apart")
    func dropped() async throws {
        try await Fixture.run { fixture in
            var node = UsageReporter("node")
            _ = try await fixture.controlPlane.take(
                node.report(
                    [node.cell(5, minute: Self.minute)], watermark: Self.minute + 60 * 24 * 62))
            let sealing = Self.time(0) + Self.month
            try await fixture.controlPlane.foldUsage(atMilliseconds: sealing)
            #expect(try await partitions(fixture.pool) == ["cell_20260310"])
            try await fixture.controlPlane.foldUsage(atMilliseconds: sealing + 7 * 86_400_000)
            #expect(try await partitions(fixture.pool).isEmpty)
            _ = try await fixture.controlPlane.take(
                node.report([node.cell(8, minute: Self.minute)]))
            try await fixture.controlPlane.foldUsage(atMilliseconds: sealing + 8 * 86_400_000)
            #expect(try await UsageReportTests.sum(fixture.pool) == 5)
            let unplaced = try await fixture.pool.query(
                "SELECT quantity::bigint AS quantity FROM usage.unplaced")
            #expect(try unplaced.map { try $0.int64("quantity") } == [8])
        }
    }

    private func partitions(_ pool: PostgresPool) async throws -> [String] {
        try await pool.query(
            """
            SELECT c.relname AS name FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid
            WHERE i.inhparent = 'usage.cell'::regclass ORDER BY 1
            """
        ).map { try $0.text("name") }
    }
}

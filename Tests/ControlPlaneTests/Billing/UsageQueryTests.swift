import Access
import Billing
import ChromaModel
import Postgres
import TestSupport
import Testing
import Usage

@testable import ControlPlane

struct UsageQueryTests {
    static let minute = UsageReportTests.minute
    static let start = UsageMinute(minute).milliseconds
    static let hour: UInt64 = 3_600_000

    static func selection(
        _ tenant: TenantID? = nil, _ window: UsageWindow = .hour,
        _ grouping: UsageGrouping = UsageGrouping()
    ) -> UsageSelection {
        UsageSelection(
            tenant: tenant, window: window, grouping: grouping, fromMilliseconds: start,
            untilMilliseconds: start + 24 * hour)
    }

    /// Two tenants' usage of two hours.
    private static func fill(_ fixture: Fixture) async throws -> (TenantRecord, TenantRecord) {
        let acme = try await fixture.makeTenant("acme")
        let rival = try await fixture.makeTenant("rival")
        var node = UsageReporter("node")
        let cells = [
            node.cell(1, tenant: acme.id, minute: minute),
            node.cell(2, tenant: acme.id, minute: minute + 1),
            node.cell(4, tenant: acme.id, collection: 2, minute: minute + 1),
            node.cell(8, tenant: acme.id, credential: "BBBBBBBBBBB", minute: minute + 60),
            node.cell(16, tenant: acme.id, meter: .forks, minute: minute),
            node.cell(32, tenant: rival.id, minute: minute),
        ]
        _ = try await fixture.controlPlane.take(node.report(cells, watermark: minute + 60))
        return (acme, rival)
    }

    private static func sums(_ fixture: Fixture, _ selection: UsageSelection) async throws
        -> [Int128]
    {
        let page = try await fixture.controlPlane.queryUsage(selection, page: PageRequest())
        return page.items.map(\.quantity)
    }

    @Test("sums are told apart by what is grouped by, and by nothing else")
    func grouping() async throws {
        try await Fixture.run { fixture in
            let (acme, rival) = try await Self.fill(fixture)
            func sums(_ window: UsageWindow, _ text: String) async throws -> [Int128] {
                var selection = Self.selection(acme.id, window, try UsageGrouping(text))
                selection.meter = .writtenBytes
                return try await Self.sums(fixture, selection)
            }
            #expect(try await sums(.period, "") == [15])
            #expect(try await sums(.day, "") == [15])
            #expect(try await sums(.hour, "") == [7, 8])
            #expect(try await sums(.minute, "") == [1, 6, 8])
            #expect(try await sums(.day, "collection") == [11, 4])
            #expect(try await sums(.day, "database,credential") == [7, 8])
            #expect(try await Self.sums(fixture, Self.selection(rival.id, .day)) == [32])
            #expect(try await Self.sums(fixture, Self.selection(nil, .day)).count == 3)
            #expect(throws: ServiceError.self) { try UsageGrouping("colour") }
        }
    }

    @Test("a line says whose and what it is; labels and names are those of today")
    func lines() async throws {
        try await Fixture.run { fixture in
            let (acme, _) = try await Self.fill(fixture)
            _ = try await fixture.controlPlane.updateTenant(in: try await fixture.scope(acme)) {
                $0.labels = ["team": "search"]
            }
            var grouping = UsageGrouping.everything
            grouping.label = "team"
            let page = try await fixture.controlPlane.queryUsage(
                Self.selection(acme.id, .hour, grouping), page: PageRequest())
            let line = try #require(page.items.last)
            #expect(line.tenant == "acme" && line.tenantID == "\(acme.id)")
            #expect(line.label == "search" && line.credential == "BBBBBBBBBBB")
            #expect(line.database == line.databaseID && line.databaseID.utf8.count == 36)
            #expect(line.startMilliseconds == Self.start + Self.hour && line.unit == "By")
            #expect(line.period.description == "2026-03" && !line.isFinal)
        }
    }

    @Test("pages together are the whole, and a page's token is good for one query")
    func pages() async throws {
        try await Fixture.run { fixture in
            let (acme, _) = try await Self.fill(fixture)
            let selection = Self.selection(nil, .minute, .everything)
            let whole = try await Self.sums(fixture, selection)
            var found: [Int128] = []
            var token: String?
            repeat {
                let page = try await fixture.controlPlane.queryUsage(
                    selection, page: PageRequest(sizeMax: 2, token: token))
                found += page.items.map(\.quantity)
                token = page.nextToken
            } while token != nil
            #expect(found == whole && whole.count == 6)
            let first = try await fixture.controlPlane.queryUsage(
                selection, page: PageRequest(sizeMax: 2))
            await expectRefusal(.invalidArgument) {
                _ = try await fixture.controlPlane.queryUsage(
                    Self.selection(acme.id, .minute, .everything),
                    page: PageRequest(sizeMax: 2, token: first.nextToken))
            }
        }
    }

    @Test("an export has every folded line once, with the same id each time; open ones if asked")
    func export() async throws {
        try await Fixture.run { fixture in
            _ = try await Self.fill(fixture)
            fixture.time.setUnix(seconds: (Self.start + 2 * Self.hour) / 1000)
            func lines(open: Bool) async throws -> [UsageLine] {
                var lines: [UsageLine] = []
                try await fixture.controlPlane.eachUsageLine(
                    Self.selection(nil, .hour, .everything), includesOpen: open
                ) { lines += $0 }
                return lines
            }
            #expect(try await lines(open: false).isEmpty)
            let open = try await lines(open: true)
            #expect(open.map(\.quantity).reduce(0, +) == 63)
            try await fixture.controlPlane.foldUsage(
                atMilliseconds: Self.start + 62 * 60_000)
            let folded = try await lines(open: false)
            #expect(folded.map(\.quantity).reduce(0, +) == 55)
            let again = try await lines(open: false)
            #expect(folded == again && Set(folded.map(\.id)).count == folded.count)
            #expect(Set(folded.map(\.id)).isSubset(of: Set(open.map(\.id))))
        }
    }

    @Test("too long a time, and minutes of more than two days, are refused")
    func bounds() async throws {
        try await Fixture.run { fixture in
            var selection = Self.selection(nil, .minute)
            selection.untilMilliseconds += 30 * Self.hour
            let minutes = selection
            selection.window = .day
            selection.untilMilliseconds += 500 * 24 * Self.hour
            for refused in [minutes, selection] {
                await expectRefusal(.invalidArgument) {
                    _ = try await fixture.controlPlane.queryUsage(refused, page: PageRequest())
                }
            }
        }
    }
}

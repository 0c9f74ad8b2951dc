import Access
import Billing
import ChromaModel
import Platform
import Postgres
import TestSupport
import Testing
import Usage

@testable import ControlPlane

struct BudgetTests {
    private static let minute = UsageReportTests.minute
    private static let start = UsageMinute(minute).milliseconds

    private static func draft(
        _ name: String, meter: String = "written_bytes", amount: String = "100",
        thresholds: [Int] = [], webhook: String = "", isHard: Bool = false
    ) throws -> BudgetDraft {
        try BudgetDraft(
            name: name, meter: meter, amount: amount, thresholds: thresholds, webhook: webhook,
            isHard: isHard, createdBy: "test")
    }

    private static func admin(of tenant: TenantRecord) -> Principal {
        Principal(
            credential: .token(TokenKeyID("AAAAAAAAAAA")), role: .admin, tenant: tenant.id,
            tenantName: tenant.name, databases: nil)
    }

    @Test("a threshold raises one alert a month, however often budgets are compared")
    func thresholds() async throws {
        try await Fixture.run { fixture in
            let plane = fixture.controlPlane
            let tenant = try await fixture.makeTenant("acme")
            let scope = try await fixture.scope(tenant)
            var node = UsageReporter("node")
            fixture.time.setUnix(seconds: Self.start / 1000)
            _ = try await plane.createBudget(Self.draft("bytes"), in: scope)
            _ = try await plane.createBudget(
                Self.draft("money", meter: "", amount: "0.000000000001", thresholds: [1000]),
                in: scope)
            func alerts() async throws -> [Int] {
                for _ in 0..<2 { try await plane.compareBudgets() }
                return try await plane.alerts(in: scope).map(\.threshold).sorted()
            }
            func use(_ quantity: UInt64, minute: UInt32) async throws {
                _ = try await plane.take(
                    node.report([node.cell(quantity, tenant: tenant.id, minute: minute)]))
            }
            #expect(try await alerts() == [])
            try await use(49, minute: Self.minute)
            #expect(try await alerts() == [1000])
            try await use(91, minute: Self.minute)
            #expect(try await alerts() == [50, 75, 90, 1000])
            try await use(100, minute: Self.minute)
            #expect(try await alerts() == [50, 75, 90, 100, 1000])
            fixture.time.advance(seconds: 31 * 86_400)
            #expect(try await alerts() == [50, 75, 90, 100, 1000])
            try await use(50, minute: Self.minute + 31 * 1440)
            #expect(try await alerts() == [50, 50, 75, 90, 100, 1000, 1000])
        }
    }

    @Test("a hard budget that is used up stops the tenant until the month ends or it is removed")
    func stop() async throws {
        try await Fixture.run { fixture in
            let plane = fixture.controlPlane
            let tenant = try await fixture.makeTenant("acme")
            let rival = try await fixture.makeTenant("rival")
            let scope = try await fixture.scope(tenant)
            var node = UsageReporter("node")
            fixture.time.setUnix(seconds: Self.start / 1000)
            func isServed(_ tenant: TenantRecord) async throws -> Bool {
                do {
                    _ = try await fixture.authoriser.tenantScope(
                        for: Self.admin(of: tenant), Action.listDatabases, tenant: tenant.name)
                    return true
                } catch let error as ServiceError where error.code == .permissionDenied {
                    #expect(error.message.contains("budget cap"))
                    return false
                }
            }
            _ = try await plane.createBudget(Self.draft("cap", isHard: true), in: scope)
            _ = try await plane.take(
                node.report([node.cell(99, tenant: tenant.id, minute: Self.minute)]))
            try await plane.compareBudgets()
            #expect(try await isServed(tenant))
            _ = try await plane.take(
                node.report([node.cell(100, tenant: tenant.id, minute: Self.minute)]))
            try await plane.compareBudgets()
            #expect(try await !isServed(tenant))
            #expect(try await isServed(rival))
            // What it used it may still see.
            _ = try await fixture.authoriser.tenantScope(
                for: Self.admin(of: tenant), .queryUsage, tenant: tenant.name)

            let other = try fixture.another()
            other.time.setUnix(seconds: Self.start / 1000)
            await expectRefusal(.permissionDenied) {
                _ = try await other.authoriser.tenantScope(
                    for: Self.admin(of: tenant), Action.listDatabases, tenant: tenant.name)
            }
            fixture.time.advance(seconds: 31 * 86_400)
            #expect(try await isServed(tenant))
            fixture.time.setUnix(seconds: Self.start / 1000)
            #expect(try await !isServed(tenant))
            try await plane.deleteBudget("cap", in: scope)
            #expect(try await isServed(tenant))
            #expect(try await plane.alerts(in: scope).isEmpty)
        }
    }

    @Test("alerts to a receiver that can't be reached are tried again, and given up in the end")
    func deadLetters() async throws {
        try await Fixture.run { fixture in
            let plane = fixture.controlPlane
            let tenant = try await fixture.makeTenant("acme")
            let scope = try await fixture.scope(tenant)
            fixture.time.setUnix(seconds: Self.start / 1000)
            // The name is this machine's, which no webhook is sent to.
            _ = try await plane.createBudget(
                Self.draft("bytes", thresholds: [100], webhook: "https://localhost:9/"), in: scope)
            var node = UsageReporter("node")
            _ = try await plane.take(
                node.report([node.cell(200, tenant: tenant.id, minute: Self.minute)]))
            try await plane.compareBudgets()
            let outbox = AlertOutbox(
                controlPlane: plane,
                key: try ReceiptKey(
                    file: "/key", fileSystem: SimulatedFileSystem(), random: SeededRandom(seed: 1)),
                sender: WebhookSender(allowsInternalAddresses: false))
            for attempt in 1...AlertOutbox.attemptsMax {
                try await outbox.send()
                // Not due yet, so nobody else sends it.
                try await outbox.send()
                let alert = try #require(try await plane.alerts(in: scope).first)
                #expect(alert.attempts == attempt)
                #expect(alert.problem.contains("public address"))
                #expect(
                    alert.state == (attempt == AlertOutbox.attemptsMax ? .dead : .pending))
                fixture.time.advance(
                    seconds: AlertOutbox.backoffMilliseconds(afterAttempt: attempt) / 1000)
            }
            try await outbox.send()
            #expect(
                try await plane.alerts(in: scope).first?.attempts == AlertOutbox.attemptsMax)
        }
    }

    @Test("budgets that make no sense are refused, and so is a second one of a name")
    func refusals() async throws {
        let drafts: [(String, String, String, [Int])] = [
            ("", "", "1", []), ("A", "", "1", []), ("a", "colour", "1", []),
            ("a", "stored_bytes", "1", []), ("a", "forks", "1.5", []), ("a", "forks", "0", []),
            ("a", "", "-1", []), ("a", "", "x", []), ("a", "", "1", [0]), ("a", "", "1", [1001]),
        ]
        for (name, meter, amount, thresholds) in drafts {
            #expect(throws: ServiceError.self, "\(name) \(meter) \(amount)") {
                try Self.draft(name, meter: meter, amount: amount, thresholds: thresholds)
            }
        }
        try await Fixture.run { fixture in
            let scope = try await fixture.scope(try await fixture.makeTenant("acme"))
            _ = try await fixture.controlPlane.createBudget(Self.draft("a"), in: scope)
            await expectRefusal(.alreadyExists) {
                _ = try await fixture.controlPlane.createBudget(Self.draft("a"), in: scope)
            }
            await expectRefusal(.notFound) {
                try await fixture.controlPlane.deleteBudget("b", in: scope)
            }
        }
    }
}

import Access
import ChromaModel
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

struct AuditTests {
    @Test("a change and its event are committed together, and a refused change has neither")
    func together() async throws {
        try await Fixture.run { fixture in
            let call = fixture.call("tenant.created")
            try await AdminCall.$current.withValue(call) {
                _ = try await fixture.makeTenant("acme")
            }
            #expect(call.isRecorded)
            let refused = fixture.call("tenant.created")
            await AdminCall.$current.withValue(refused) {
                await expectRefusal(.alreadyExists) { _ = try await fixture.makeTenant("acme") }
            }
            #expect(!refused.isRecorded)
            try await fixture.controlPlane.audit(refused, refusal: .alreadyExists)
            // Nothing is written twice.
            try await fixture.controlPlane.audit(call, refusal: nil)
            let events = try await fixture.events()
            #expect(events.map(\.result) == ["alreadyExists", "ok"])
            #expect(events.map(\.number) == [2, 1])
        }
    }

    @Test("events are found by tenant and time, page by page")
    func list() async throws {
        try await Fixture.run { fixture in
            for number in 0..<6 {
                let call = fixture.call("test")
                call.note(
                    resource: "tenants/t\(number % 2)", tenant: TenantName("t\(number % 2)"))
                try await fixture.controlPlane.audit(call, refusal: nil)
                fixture.time.advance(seconds: 10)
            }
            let all = try await fixture.events()
            #expect(all.map(\.number) == [6, 5, 4, 3, 2, 1])
            let mine = try await fixture.events(AuditSelection(tenant: TenantName("t1")))
            #expect(mine.map(\.number) == [6, 4, 2])
            let some = try await fixture.events(
                AuditSelection(
                    fromMilliseconds: all[4].atMilliseconds,
                    untilMilliseconds: all[2].atMilliseconds))
            #expect(some.map(\.number) == [3, 2])
            let first = try await fixture.controlPlane.listAuditEvents(
                AuditSelection(), page: PageRequest(sizeMax: 4))
            let rest = try await fixture.controlPlane.listAuditEvents(
                AuditSelection(), page: PageRequest(sizeMax: 4, token: first.nextToken))
            #expect((first.items + rest.items).map(\.number) == all.map(\.number))
        }
    }

    @Test("writers at once make one chain")
    func concurrent() async throws {
        try await Fixture.run { fixture in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<30 {
                    group.addTask {
                        try await fixture.controlPlane.audit(fixture.call("test"), refusal: nil)
                    }
                }
                try await group.waitForAll()
            }
            let check = try await fixture.controlPlane.verifyAuditLog()
            #expect(check.faults == [] && check.eventCount == 30 && check.number == 30)
        }
    }

    @Test("the database itself refuses to change, remove or empty events")
    func final() async throws {
        try await Fixture.run { fixture in
            try await fixture.controlPlane.audit(fixture.call("test"), refusal: nil)
            let attempts: [SQL] = [
                "UPDATE audit.event SET actor = 'nobody'", "DELETE FROM audit.event",
                "TRUNCATE audit.event",
            ]
            for attempt in attempts {
                await #expect(throws: PostgresError.self) {
                    try await fixture.pool.query(attempt)
                }
            }
        }
    }

    @Test("a changed, removed or inserted event is found", arguments: Tampering.allCases)
    func tampering(_ tampering: Tampering) async throws {
        try await Fixture.run { fixture in
            for _ in 0..<5 {
                try await fixture.controlPlane.audit(fixture.call("test"), refusal: nil)
            }
            #expect(try await fixture.controlPlane.verifyAuditLog().faults == [])
            try await fixture.pool.query("ALTER TABLE audit.event DISABLE TRIGGER USER")
            for statement in tampering.statements { try await fixture.pool.query(statement) }
            let check = try await fixture.controlPlane.verifyAuditLog()
            #expect(check.faults.first == tampering.fault)
        }
    }

    enum Tampering: CaseIterable {
        case changed, changedTime, removed, removedFirst, removedLast, inserted, appended, headless

        var statements: [SQL] {
            switch self {
            case .changed: ["UPDATE audit.event SET result = 'ok ' WHERE number = 3"]
            case .changedTime:
                ["UPDATE audit.event SET time = time + interval '1 second' WHERE number = 3"]
            case .removed: ["DELETE FROM audit.event WHERE number = 3"]
            case .removedFirst: ["DELETE FROM audit.event WHERE number = 1"]
            case .removedLast: ["DELETE FROM audit.event WHERE number >= 4"]
            case .inserted:
                [
                    "UPDATE audit.event SET number = 6 WHERE number = 5",
                    "UPDATE audit.event SET number = 5 WHERE number = 4",
                    """
                    INSERT INTO audit.event SELECT 4, time, actor, method, event, tenant,
                        resource, request_id, address, result, hash, hash
                    FROM audit.event WHERE number = 3
                    """,
                ]
            case .appended:
                [
                    """
                    INSERT INTO audit.event SELECT 6, time, actor, method, event, tenant,
                        resource, request_id, address, result, hash, hash
                    FROM audit.event WHERE number = 5
                    """
                ]
            case .headless: ["DELETE FROM audit.head"]
            }
        }

        var fault: String {
            switch self {
            case .changed, .changedTime: "event 3 was changed"
            case .removed: "event 3 is missing"
            case .removedFirst: "event 1 is missing"
            case .removedLast: "events 4 to 5 are missing"
            case .inserted: "event 4 was changed"
            case .appended: "event 6 was changed"
            case .headless: "the head of the log is missing"
            }
        }
    }

    @Test("a request id works once: again it gets the first answer, with another body a refusal")
    func idempotency() async throws {
        try await Fixture.run { fixture in
            let id = UniqueID(high: 1, low: 2)
            let key = IdempotencyKey(
                actor: "key", requestID: id, method: "make", digest: .init(repeating: 1, count: 32))
            #expect(try await fixture.controlPlane.firstAnswer(to: key) == nil)
            try await fixture.make("acme", once: key)
            await expectRefusal(.aborted) {
                _ = try await fixture.controlPlane.firstAnswer(to: key)
            }
            try await fixture.controlPlane.keepAnswer([7], to: key)
            #expect(try await fixture.controlPlane.firstAnswer(to: key) == [7])
            // What was not looked up first is refused by the database.
            await expectRefusal(.alreadyExists) { try await fixture.make("other", once: key) }
            #expect(try await fixture.controlPlane.tenant(named: TenantName("other")) == nil)
            let another = IdempotencyKey(
                actor: "key", requestID: id, method: "make", digest: .init(repeating: 2, count: 32))
            await expectRefusal(.alreadyExists) {
                _ = try await fixture.controlPlane.firstAnswer(to: another)
            }
            // Another caller's ids are its own.
            let theirs = IdempotencyKey(
                actor: "other", requestID: id, method: "make", digest: another.digest)
            #expect(try await fixture.controlPlane.firstAnswer(to: theirs) == nil)

            fixture.time.advance(seconds: 23 * 3600)
            try await fixture.controlPlane.forgetOldRequests()
            #expect(try await fixture.controlPlane.firstAnswer(to: key) == [7])
            fixture.time.advance(seconds: 2 * 3600)
            try await fixture.controlPlane.forgetOldRequests()
            #expect(try await fixture.controlPlane.firstAnswer(to: key) == nil)
        }
    }
}

extension Fixture {
    fileprivate func call(_ event: String) -> AdminCall {
        AdminCall(
            actor: "key", method: "service/method", event: event,
            requestID: UniqueID(high: 3, low: 4), address: "127.0.0.1")
    }

    fileprivate func events(_ selection: AuditSelection = AuditSelection()) async throws
        -> [AuditEvent]
    {
        try await controlPlane.listAuditEvents(selection, page: PageRequest()).items
    }

    fileprivate func make(_ tenant: String, once key: IdempotencyKey) async throws {
        let call = call("tenant.created")
        call.note(idempotency: key)
        try await AdminCall.$current.withValue(call) { _ = try await makeTenant(tenant) }
    }
}

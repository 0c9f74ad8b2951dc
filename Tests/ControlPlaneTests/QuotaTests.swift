import Access
import ChromaModel
import Platform
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

struct QuotaTests {
    private func draft(
        _ usage: UsageType, _ limit: Int, expires: UInt64? = nil
    ) -> QuotaOverrideDraft {
        QuotaOverrideDraft(
            usage: usage, limit: limit, expiresAtMilliseconds: expires, reason: "a test",
            approvedBy: "AAAAAAAAAAA")
    }

    @Test("tenants get the default plan, or the one they are made on, and can change")
    func plans() async throws {
        try await Fixture.run { fixture in
            let plane = fixture.controlPlane
            let usual = try await fixture.makeTenant("usual")
            #expect(usual.plan == .selfHosted)
            let other = try await plane.createTenant(named: TenantName("other"), on: .chromaCloud)
            #expect(other.plan == .chromaCloud)
            #expect(try await fixture.scope(other).quotas[.numRecords] == 300)
            let scope = try await fixture.scope(usual)
            #expect(try await plane.changePlan(to: .chromaCloud, in: scope).plan == .chromaCloud)
            #expect(try await plane.tenant(named: usual.name)?.plan == .chromaCloud)
            let page = try await plane.listTenants(PageRequest())
            #expect(page.items.map(\.plan) == [.chromaCloud, .chromaCloud])
        }
    }

    @Test("an override is in the next scope, replaced by a second one, gone when it is removed")
    func overrides() async throws {
        try await Fixture.run { fixture in
            let plane = fixture.controlPlane
            let tenant = try await fixture.makeTenant("acme")
            let database = try await fixture.makeDatabase("main", in: tenant)
            let scope = try await fixture.scope(tenant)
            let place = try await fixture.scope(database)
            for limit in [10, 20] {
                _ = try await plane.setQuotaOverride(draft(.numRecords, limit), of: nil, in: scope)
                #expect(try await fixture.scope(database).quotas[.numRecords] == limit)
            }
            let made = try await plane.setQuotaOverride(
                draft(.numRecords, 30), of: place, in: scope)
            #expect(try await fixture.scope(database).quotas[.numRecords] == 30)
            #expect(try await fixture.scope(tenant).quotas[.numRecords] == 20)
            let all = try await plane.quotaOverrides(of: tenant.id)
            #expect(all.map(\.limit) == [20, 30])
            #expect(all.last == made)
            #expect(made.databaseName == database.name)

            try await plane.removeQuotaOverride(
                of: .numRecords, database: database.id, in: scope)
            #expect(try await fixture.scope(database).quotas[.numRecords] == 20)
            await expectRefusal(.notFound, "num_records is not overridden here.") {
                try await plane.removeQuotaOverride(
                    of: .numRecords, database: database.id, in: scope)
            }
            await expectRefusal(.invalidArgument) {
                _ = try await plane.setQuotaOverride(
                    draft(.numCollections, 1), of: place, in: scope)
            }
        }
    }

    @Test("an override ends at its time without anybody's doing")
    func expiry() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            let expiry = fixture.time.unixMilliseconds() + 60_000
            _ = try await fixture.controlPlane.setQuotaOverride(
                draft(.numDatabases, 0, expires: expiry), of: nil,
                in: try await fixture.scope(tenant))
            let refusal = ServiceError.quotaExceeded(
                .numDatabases, for: .createDatabase, current: 1, limit: 0)
            await expectRefusal(.unprocessable, refusal.message) {
                _ = try await fixture.makeDatabase("main", in: tenant)
            }
            fixture.time.advance(seconds: 60)
            _ = try await fixture.makeDatabase("main", in: tenant)
            #expect(
                try await fixture.controlPlane.quotaOverrides(of: tenant.id).count == 1)
        }
    }

    @Test("16 callers of two processes make databases up to the limit and not beyond")
    func racingDatabases() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            let scope = try await fixture.scope(tenant)
            _ = try await fixture.controlPlane.setQuotaOverride(
                draft(.numDatabases, 5), of: nil, in: scope)
            let planes = [fixture.controlPlane, try fixture.another().controlPlane]
            let accepted = await withTaskGroup(of: Int.self) { group in
                for index in 0..<16 {
                    group.addTask {
                        do {
                            // The scope is older than the override: the rows decide.
                            _ = try await planes[index % 2].createDatabase(
                                named: DatabaseName("database-\(index)"), in: scope)
                            return 1
                        } catch {
                            #expect((error as? ServiceError)?.code == .unprocessable, "\(error)")
                            return 0
                        }
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(accepted == 5)
            let used = try await fixture.controlPlane.used(in: scope)
            #expect(used[.numDatabases] == 5 && used[.numCollections] == 0)
            #expect(used[.readRequestsPerSecond] == 0)
            let first = try await fixture.controlPlane.listDatabases(
                in: scope, offset: 0, limit: 1)
            try await fixture.controlPlane.deleteDatabase(in: fixture.scope(first[0]))
            _ = try await fixture.makeDatabase("instead", in: tenant)
            await expectRefusal(.unprocessable) {
                _ = try await fixture.makeDatabase("more", in: tenant)
            }
        }
    }

    @Test("another process's override arrives through the epoch log")
    func tail() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            let scope = try await fixture.scope(tenant)
            let tail = Task { try await fixture.controlPlane.run() }
            let another = try fixture.another().controlPlane
            for limit in [1, 2, 3] {
                _ = try await another.setQuotaOverride(
                    draft(.numRecords, limit), of: nil, in: scope)
                while try await fixture.scope(tenant).quotas[.numRecords] != limit {
                    await Task.yield()
                }
            }
            _ = try await another.changePlan(to: .chromaCloud, in: scope)
            while try await fixture.scope(tenant).quotas.plan != .chromaCloud {
                await Task.yield()
            }
            tail.cancel()
            _ = try? await tail.value
        }
    }

    @Test("a database's override goes with the database, and a reset forgets all of them")
    func forgotten() async throws {
        try await Fixture.run { fixture in
            let plane = fixture.controlPlane
            let tenant = try await fixture.makeTenant("acme")
            let database = try await fixture.makeDatabase("main", in: tenant)
            let scope = try await fixture.scope(tenant)
            _ = try await plane.setQuotaOverride(
                draft(.numRecords, 1), of: try await fixture.scope(database), in: scope)
            try await plane.deleteDatabase(in: fixture.scope(database))
            #expect(try await fixture.another().controlPlane.quotaOverrides(of: tenant.id).isEmpty)
            _ = try await fixture.makeDatabase("main", in: tenant)
            let again = try #require(
                try await plane.database(named: database.name, of: tenant.id))
            #expect(try await fixture.scope(again).quotas.source(of: .numRecords) == .plan)
        }
    }

    @Test("the database refuses an override of another tenant's database, and a second one")
    func constraints() async throws {
        try await Fixture.run { fixture in
            let acme = try await fixture.makeTenant("acme")
            let rival = try await fixture.makeTenant("rival")
            let theirs = try await fixture.makeDatabase("main", in: rival)
            let plant = { (tenant: TenantID, database: UniqueID?) -> SQL in
                """
                INSERT INTO quota.override VALUES (\(tenant), \(database), 'num_records', 1,
                    'test', 'test', now(), NULL)
                """
            }
            try await fixture.pool.query(plant(acme.id, nil))
            for statement in [plant(acme.id, nil), plant(acme.id, theirs.id.uuid)] {
                let error = await #expect(throws: PostgresError.self) {
                    try await fixture.pool.query(statement)
                }
                #expect(error?.sqlState.hasPrefix("23") == true)
            }
        }
    }
}

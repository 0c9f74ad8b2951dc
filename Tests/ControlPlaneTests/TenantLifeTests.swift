import Access
import ChromaModel
import Platform
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

struct TenantLifeTests {
    private static let day: UInt64 = 86_400

    @Test("a suspended tenant's tokens are refused with the reason, in every process")
    func suspend() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            let token = try await fixture.makeToken(tenant)
            let scope = try await fixture.scope(tenant)
            let other = try fixture.another()
            let tail = Task { try await other.controlPlane.run() }
            defer { tail.cancel() }
            _ = try await other.enter(tenant, token)

            let suspended = try await fixture.controlPlane.suspendTenant(
                in: scope, reason: "unpaid")
            #expect(suspended.state == .suspended && suspended.suspension?.reason == "unpaid")
            let words =
                "Tenant [acme] is suspended: unpaid. Nothing is lost; ask the operator to resume"
                + " it."
            await expectRefusal(.permissionDenied, words) {
                try await fixture.enter(tenant, token)
            }
            // The other process learns of it through the epoch log.
            while (try? await other.enter(tenant, token)) != nil { await Task.yield() }
            await expectRefusal(.permissionDenied, words) { try await other.enter(tenant, token) }

            let resumed = try await fixture.controlPlane.resumeTenant(in: scope)
            #expect(resumed.state == .active && resumed.revision == suspended.revision + 1)
            try await fixture.enter(tenant, token)
        }
    }

    @Test("a suspended tenant's admin sees that it is, and changes nothing")
    func suspendedAdmin() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            let token = try await fixture.makeToken(tenant)
            let caller = try await fixture.authenticator.authenticate(presented: token.secretText)
            _ = try await fixture.controlPlane.suspendTenant(
                in: try await fixture.scope(tenant), reason: "unpaid")
            _ = try await fixture.authoriser.tenantScope(
                for: caller, Permission.getTenants, tenant: tenant.name)
            for permission in [Permission.listDatabases, .createDatabases, .createTokens] {
                await expectRefusal(.permissionDenied) {
                    _ = try await fixture.authoriser.tenantScope(
                        for: caller, permission, tenant: tenant.name)
                }
            }
        }
    }

    @Test("an undeleted tenant is what it was, with the tokens that its deletion revoked alone")
    func undelete() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            let database = try await fixture.makeDatabase("main", in: tenant)
            let (kept, revoked) = (
                try await fixture.makeToken(tenant), try await fixture.makeToken(tenant)
            )
            try await fixture.controlPlane.revokeToken(revoked.record.keyID, of: tenant.id)
            let deleted = try await fixture.controlPlane.deleteTenant(
                in: try await fixture.scope(tenant))
            #expect(deleted.state == .deleted)
            #expect(try await !fixture.accepts(kept.secretText))

            let undeleted = try await fixture.controlPlane.undeleteTenant(
                DeletedTenant(name: tenant.name, id: nil))
            #expect(undeleted.id == tenant.id && undeleted.state == .active)
            #expect(try await fixture.accepts(kept.secretText))
            #expect(try await !fixture.accepts(revoked.secretText))
            #expect(
                try await fixture.controlPlane.database(named: database.name, of: tenant.id)
                    == database)
        }
    }

    @Test("an undeletion needs a free name, and the uid where the name had several")
    func undeleteRefused() async throws {
        try await Fixture.run { fixture in
            let name = TenantName("acme")
            let first = try await fixture.makeTenant("acme")
            try await fixture.controlPlane.deleteTenant(in: try await fixture.scope(first))
            let second = try await fixture.makeTenant("acme")
            await expectRefusal(.alreadyExists) {
                _ = try await fixture.controlPlane.undeleteTenant(
                    DeletedTenant(name: name, id: nil))
            }
            try await fixture.controlPlane.deleteTenant(in: try await fixture.scope(second))
            await expectRefusal(.failedPrecondition) {
                _ = try await fixture.controlPlane.undeleteTenant(
                    DeletedTenant(name: name, id: nil))
            }
            let back = try await fixture.controlPlane.undeleteTenant(
                DeletedTenant(name: name, id: first.id))
            #expect(back.id == first.id)
            await expectRefusal(.notFound) {
                _ = try await fixture.controlPlane.undeleteTenant(
                    DeletedTenant(name: TenantName("nobody"), id: nil))
            }
        }
    }

    @Test("a deleted tenant is purged when its window has passed, and not before")
    func purgeInTime() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            try await fixture.controlPlane.deleteTenant(in: try await fixture.scope(tenant))
            let deleted = DeletedTenant(name: tenant.name, id: nil)
            fixture.time.advance(seconds: 6 * Self.day)
            try await fixture.controlPlane.purgeDueTenants()
            _ = try await fixture.controlPlane.undeleteTenant(deleted)
            try await fixture.controlPlane.deleteTenant(in: try await fixture.scope(tenant))

            fixture.time.advance(seconds: 8 * Self.day)
            // Two processes at once purge it once.
            let other = try fixture.another()
            async let one: Void = fixture.controlPlane.purgeDueTenants()
            async let two: Void = other.controlPlane.purgeDueTenants()
            _ = try await (one, two)
            await expectRefusal(.notFound) {
                _ = try await fixture.controlPlane.undeleteTenant(deleted)
            }
            let events = try await fixture.controlPlane.listAuditEvents(
                AuditSelection(), page: PageRequest())
            #expect(events.items.map(\.event) == ["tenant.purged"])
            #expect(events.items.map(\.actor) == ["server"])
        }
    }

    @Test("a purge leaves nothing of a tenant in the database")
    func purgeRows() async throws {
        try await Fixture.run { fixture in
            let marker = "zebra"
            let tenant = try await fixture.controlPlane.createTenant(
                named: TenantName("\(marker)-tenant"), on: .selfHosted,
                profile: TenantProfile(displayName: marker, labels: ["who": marker]))
            let scope = try await fixture.scope(tenant)
            _ = try await fixture.makeDatabase("\(marker)-database", in: tenant)
            try await fixture.controlPlane.setResourceName(TenantResourceName(marker), in: scope)
            _ = try await fixture.controlPlane.createToken(
                TokenDraft(scope: scope, role: .reader, displayName: marker))
            _ = try await fixture.makeToken(tenant, databases: [DatabaseName("\(marker)-database")])
            _ = try await fixture.controlPlane.suspendTenant(in: scope, reason: marker)
            let bystander = try await fixture.makeTenant("bystander")
            let token = try await fixture.makeToken(bystander)
            #expect(try await fixture.rows(containing: marker) > 5)

            try await fixture.controlPlane.deleteTenant(in: scope)
            try await fixture.controlPlane.purgeTenant(DeletedTenant(name: tenant.name, id: nil))
            #expect(try await fixture.rows(containing: marker) == 0)
            #expect(try await fixture.rows(containing: "\(tenant.id)") == 0)
            #expect(try await fixture.accepts(token.secretText))
            await expectRefusal(.notFound) {
                try await fixture.controlPlane.purgeTenant(
                    DeletedTenant(name: tenant.name, id: nil))
            }
        }
    }

    @Test("a live tenant is not purged, and one whose purge has begun is not undeleted")
    func purgeRefused() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            let deleted = DeletedTenant(name: tenant.name, id: nil)
            await expectRefusal(.notFound) { try await fixture.controlPlane.purgeTenant(deleted) }
            try await fixture.controlPlane.deleteTenant(in: try await fixture.scope(tenant))
            try await PurgeStore.claim(
                tenant.id, atMilliseconds: fixture.time.unixMilliseconds(), in: fixture.pool)
            await expectRefusal(.failedPrecondition) {
                _ = try await fixture.controlPlane.undeleteTenant(deleted)
            }
            // Whoever claimed it died: another takes over.
            try await fixture.controlPlane.purgeDueTenants()
            #expect(try await fixture.rows(containing: "\(tenant.id)") > 0)
            fixture.time.advance(seconds: PurgeStore.claimSeconds)
            try await fixture.controlPlane.purgeDueTenants()
            #expect(try await fixture.rows(containing: "\(tenant.id)") == 0)
        }
    }

    @Test("every row that hangs from a tenant goes with it")
    func cascades() async throws {
        try await Fixture.run { fixture in
            let keeping = try await fixture.pool.query(
                """
                SELECT conrelid::regclass::text AS relation FROM pg_constraint
                WHERE contype = 'f' AND confrelid = 'cp.tenant'::regclass AND confdeltype <> 'c'
                """)
            #expect(try keeping.map { try $0.text("relation") } == [])
        }
    }

    @Test("a change to what has changed meanwhile is refused, and changes nothing")
    func etags() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            let scope = try await fixture.scope(tenant)
            let changed = try await fixture.controlPlane.updateTenant(
                in: scope, ifRevision: tenant.revision
            ) { $0.displayName = "Acme" }
            #expect(changed.profile.displayName == "Acme")
            for stale in [tenant.revision, -1] {
                await expectRefusal(.aborted) {
                    _ = try await fixture.controlPlane.updateTenant(
                        in: scope, ifRevision: stale
                    ) { $0.displayName = "other" }
                }
                await expectRefusal(.aborted) {
                    try await fixture.controlPlane.deleteTenant(in: scope, ifRevision: stale)
                }
            }
            let database = try await fixture.makeDatabase("main", in: tenant)
            await expectRefusal(.aborted) {
                try await fixture.controlPlane.deleteDatabase(
                    in: try await fixture.scope(database), ifRevision: database.revision + 1)
            }
            try await fixture.controlPlane.deleteDatabase(
                in: try await fixture.scope(database), ifRevision: database.revision)
            #expect(try await fixture.controlPlane.tenant(named: tenant.name) == changed)
        }
    }

    @Test("labels are kept, bounded and found by")
    func labels() async throws {
        try await Fixture.run { fixture in
            let profile = TenantProfile(labels: ["env": "prod", "team": "caf\u{E9} = \"x\""])
            let tenant = try await fixture.controlPlane.createTenant(
                named: TenantName("acme"), on: .selfHosted, profile: profile)
            _ = try await fixture.controlPlane.createTenant(
                named: TenantName("other"), on: .selfHosted,
                profile: TenantProfile(labels: ["env": "prod"]))
            #expect(try await fixture.controlPlane.tenant(named: tenant.name)?.profile == profile)
            for (filter, count) in [
                ("", 2), ("labels.env=prod", 2), ("labels.env=test", 0),
                ("labels.env=prod AND labels.team=caf\u{E9} = \"x\"", 1),
            ] {
                let page = try await fixture.controlPlane.listTenants(
                    PageRequest(), try TenantSelection(filter: filter, showsDeleted: false))
                #expect(page.items.count == count, "\(filter)")
            }
            for filter in ["env=prod", "labels.env", "labels.Env=x", "labels.a=1 AND labels.a=2"] {
                #expect(throws: ServiceError.self) {
                    try TenantSelection(filter: filter, showsDeleted: false)
                }
            }
            for bad in [
                ["": "x"], ["Env": "x"], ["e": "\n"], ["\u{E9}": "x"],
                [String(repeating: "k", count: 64): ""],
                ["k": String(repeating: "v", count: 257)],
            ] {
                #expect(throws: ServiceError.self) { try TenantProfile(labels: bad).validate() }
            }
        }
    }
}

extension Fixture {
    /// Enters the tenant as the bearer of a token does on the data plane.
    @discardableResult
    fileprivate func enter(_ tenant: TenantRecord, _ token: MintedToken) async throws
        -> TenantScope
    {
        let caller = try await authenticator.authenticate(presented: token.secretText)
        return try await authoriser.tenantScope(
            for: caller, Action.getTenant, tenant: tenant.name)
    }

    /// How many rows, written as text, contain it; the audit log is another matter.
    fileprivate func rows(containing text: String) async throws -> Int {
        var count = 0
        let tables = try await pool.query(
            """
            SELECT schemaname || '.' || tablename AS name FROM pg_tables
            WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'audit')
            """)
        for table in tables {
            let name = try table.text("name")
            let statement = SQL(stringLiteral: "SELECT t::text AS line FROM \(name) t")
            for row in try await pool.query(statement) where try row.text("line").contains(text) {
                count += 1
            }
        }
        return count
    }
}

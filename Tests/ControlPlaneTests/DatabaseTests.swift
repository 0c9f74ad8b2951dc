import Access
import ChromaModel
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

struct DatabaseTests {
    @Test("databases are listed in order of creation, with offset and limit")
    func list() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            var made: [DatabaseRecord] = []
            for name in ["zzz", "aaa", "mmm", "bbb"] {
                made.append(try await fixture.makeDatabase(name, in: tenant))
            }
            let plane = fixture.controlPlane
            let scope = try await fixture.scope(tenant)
            #expect(try await plane.listDatabases(in: scope, offset: 0, limit: nil) == made)
            #expect(
                try await plane.listDatabases(in: scope, offset: 1, limit: 2) == Array(made[1...2]))
            #expect(try await plane.listDatabases(in: scope, offset: 0, limit: 0).isEmpty)
            let page = try await plane.listDatabases(in: scope, page: PageRequest(sizeMax: 3))
            let rest = try await plane.listDatabases(
                in: scope, page: PageRequest(token: page.nextToken))
            #expect(page.items + rest.items == made && rest.nextToken == nil)
        }
    }

    @Test("two tenants may use one name, and one tenant may not use it twice")
    func names() async throws {
        try await Fixture.run { fixture in
            let acme = try await fixture.makeTenant("acme")
            let rival = try await fixture.makeTenant("rival")
            let mine = try await fixture.makeDatabase("main", in: acme)
            let theirs = try await fixture.makeDatabase("main", in: rival)
            #expect(mine.id != theirs.id)
            #expect(
                try await fixture.controlPlane.database(named: mine.name, of: acme.id) == mine)
            await expectRefusal(.alreadyExists, "Database [main] already exists") {
                _ = try await fixture.makeDatabase("main", in: acme)
            }
            for name in ["", "ab", "a..b", "-ab", "1.2.3.4", "a b", "é-é"] {
                await expectRefusal(.invalidArgument) {
                    _ = try await fixture.makeDatabase(name, in: acme)
                }
            }
        }
    }

    @Test("a deleted database's name is free at once and stands for another one")
    func delete() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            let old = try await fixture.makeDatabase("main", in: tenant)
            let scope = try await fixture.scope(old)
            try await fixture.controlPlane.deleteDatabase(in: scope)
            #expect(
                try await fixture.controlPlane.database(named: old.name, of: tenant.id) == nil)
            await expectRefusal(.notFound, "Database [main] not found") {
                try await fixture.controlPlane.deleteDatabase(in: scope)
            }
            let new = try await fixture.makeDatabase("main", in: tenant)
            #expect(new.id != old.id)
        }
    }

    @Test("a token for a database does not reach the next one of that name")
    func restrictedToken() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            let main = try await fixture.makeDatabase("main", in: tenant)
            _ = try await fixture.makeDatabase("other", in: tenant)
            let token = try await fixture.makeToken(tenant, databases: [main.name])
            let before = try await fixture.authenticator.authenticate(
                presented: token.secretText)
            #expect(before.databases == [main.name])
            try await fixture.controlPlane.deleteDatabase(in: try await fixture.scope(main))
            _ = try await fixture.makeDatabase("main", in: tenant)
            let after = try await fixture.authenticator.authenticate(presented: token.secretText)
            #expect(after.databases == [])
            let scope = try await fixture.authoriser.databaseScope(
                for: after, .query, tenant: tenant.name, database: main.name)
            #expect(scope == nil)
        }
    }
}

import Access
import ChromaModel
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

struct TenantTests {
    @Test("a tenant is found by its name, byte for byte")
    func create() async throws {
        try await Fixture.run { fixture in
            let composed = try await fixture.makeTenant("caf\u{E9}")
            let decomposed = try await fixture.makeTenant("cafe\u{301}")
            #expect(composed.id != decomposed.id)
            #expect(try await fixture.controlPlane.tenant(named: composed.name) == composed)
            #expect(try await fixture.controlPlane.tenant(named: decomposed.name) == decomposed)
            #expect(try await fixture.controlPlane.tenant(named: TenantName("none")) == nil)
        }
    }

    @Test("a taken name, a short one and one with a zero byte are refused in upstream's words")
    func refused() async throws {
        try await Fixture.run { fixture in
            _ = try await fixture.makeTenant("acme")
            await expectRefusal(.alreadyExists, "Tenant [acme] already exists") {
                _ = try await fixture.makeTenant("acme")
            }
            for name in ["", "ab", "ab\0c", String(repeating: "x", count: 513)] {
                await expectRefusal(.invalidArgument) { _ = try await fixture.makeTenant(name) }
            }
        }
    }

    @Test("deleting a tenant frees its name and kills its tokens at once")
    func delete() async throws {
        try await Fixture.run { fixture in
            let old = try await fixture.makeTenant("acme")
            let token = try await fixture.makeToken(old)
            let scope = try await fixture.scope(old)
            #expect(try await fixture.accepts(token.secretText))
            try await fixture.controlPlane.deleteTenant(in: scope)
            #expect(try await !fixture.accepts(token.secretText))
            #expect(try await fixture.controlPlane.tenant(named: old.name) == nil)
            let new = try await fixture.makeTenant("acme")
            #expect(new.id != old.id)
            #expect(try await !fixture.accepts(token.secretText))
            // What was authorised before the deletion changes nothing any more.
            await expectRefusal(.notFound, "Tenant [acme] not found") {
                try await fixture.controlPlane.deleteTenant(in: scope)
            }
            await expectRefusal(.notFound, "Tenant [acme] not found") {
                _ = try await fixture.controlPlane.createDatabase(
                    named: DatabaseName("late"), in: scope)
            }
        }
    }

    @Test("pages show every tenant once, in order of creation")
    func pages() async throws {
        try await Fixture.run { fixture in
            var made: [TenantRecord] = []
            for number in 0..<7 { made.append(try await fixture.makeTenant("tenant-\(number)")) }
            var seen: [TenantRecord] = []
            var token: String?
            repeat {
                let page = try await fixture.controlPlane.listTenants(
                    PageRequest(sizeMax: 3, token: token))
                #expect(page.items.count <= 3)
                seen += page.items
                token = page.nextToken
            } while token != nil
            #expect(seen == made)
        }
    }

    @Test("ids grow even when the clock stands still or steps back")
    func ids() {
        let time = ManualTimeSource()
        let generator = IDGenerator(time: time, random: SeededRandom(seed: 11))
        var last = generator.next()
        for round in 0..<1000 {
            if round == 500 { time.setUnix(seconds: 1) }
            let next = generator.next()
            #expect(next > last)
            #expect("\(next)".split(separator: "-")[2].first == "7")
            last = next
        }
    }

    @Test("a tenant names itself once, with a name that no other has, and every cache learns it")
    func resourceName() async throws {
        try await Fixture.run { fixture in
            let (acme, rival) = (
                try await fixture.makeTenant("acme"), try await fixture.makeTenant("rival")
            )
            #expect(acme.resourceName == nil)
            let scope = try await fixture.scope(acme)
            let name = TenantResourceName("acme-name")
            try await fixture.controlPlane.setResourceName(name, in: scope)
            #expect(
                try await fixture.controlPlane.tenant(named: acme.name)?.resourceName == name)
            for (tenant, taken) in [
                (acme, TenantResourceName("other")), (acme, name), (rival, name),
            ] {
                await expectRefusal(.alreadyExists, "Failed to set resource name") {
                    try await fixture.controlPlane.setResourceName(
                        taken, in: try await fixture.scope(tenant))
                }
            }
            try await fixture.controlPlane.deleteTenant(in: scope)
            await expectRefusal(.notFound) {
                try await fixture.controlPlane.setResourceName(name, in: scope)
            }
            // The name is free again.
            try await fixture.controlPlane.setResourceName(
                name, in: try await fixture.scope(rival))
        }
    }
}

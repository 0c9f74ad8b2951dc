import Access
import ChromaModel
import Platform
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

struct TokenTests {
    @Test("a minted token is let in as what it was made for, and its secret is stored nowhere")
    func create() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            let minted = try await fixture.makeToken(tenant)
            let principal = try await fixture.authenticator.authenticate(
                presented: minted.secretText)
            #expect(principal.tenant == tenant.id && principal.role == .admin)
            #expect(try await fixture.controlPlane.token(minted.record.keyID) == minted.record)
            let rows = try await fixture.pool.query(
                "SELECT row_to_json(k)::text AS everything FROM acl.token k")
            let secret = String(minted.secretText.dropFirst(16).prefix(43))
            #expect(try rows.allSatisfy { try !$0.text("everything").contains(secret) })
        }
    }

    @Test("a revoked or deleted token is refused when the call returns")
    func revoke() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            let plane = fixture.controlPlane
            let revoked = try await fixture.makeToken(tenant)
            let deleted = try await fixture.makeToken(tenant)
            for token in [revoked, deleted] {
                #expect(try await fixture.accepts(token.secretText))
            }
            let record = try await plane.revokeToken(revoked.record.keyID, of: tenant.id)
            #expect(record.revokedAtMilliseconds != nil)
            try await plane.deleteToken(deleted.record.keyID, of: tenant.id)
            for token in [revoked, deleted] {
                #expect(try await !fixture.accepts(token.secretText))
            }
            // Revoking again keeps the first time.
            fixture.time.advance(seconds: 60)
            #expect(
                try await plane.revokeToken(revoked.record.keyID, of: tenant.id) == record)
        }
    }

    @Test("another owner's token is not found")
    func foreignOwner() async throws {
        try await Fixture.run { fixture in
            let acme = try await fixture.makeTenant("acme")
            let rival = try await fixture.makeTenant("rival")
            let token = try await fixture.makeToken(acme)
            for owner in [rival.id, nil] {
                await expectRefusal(.notFound) {
                    try await fixture.controlPlane.revokeToken(token.record.keyID, of: owner)
                }
                await expectRefusal(.notFound) {
                    try await fixture.controlPlane.deleteToken(token.record.keyID, of: owner)
                }
            }
            #expect(try await fixture.accepts(token.secretText))
        }
    }

    @Test("an expired token is refused from its expiry on")
    func expiry() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            let token = try await fixture.controlPlane.createToken(
                TokenDraft(
                    scope: try await fixture.scope(tenant), role: .reader, displayName: "",
                    expiresAtMilliseconds: fixture.time.unixMilliseconds() + 5000))
            fixture.time.advance(nanoseconds: 4_999_000_000)
            #expect(try await fixture.accepts(token.secretText))
            fixture.time.advance(nanoseconds: 1_000_000)
            #expect(try await !fixture.accepts(token.secretText))
        }
    }

    @Test("drafts that make no sense are refused")
    func badDrafts() async throws {
        try await Fixture.run { fixture in
            let scope = try await fixture.scope(try await fixture.makeTenant("acme"))
            let now = fixture.time.unixMilliseconds()
            let drafts = [
                TokenDraft(scope: scope, role: .operator, displayName: ""),
                TokenDraft(scope: nil, role: .admin, displayName: ""),
                TokenDraft(scope: nil, role: .operator, databases: [], displayName: ""),
                TokenDraft(scope: scope, role: .reader, databases: [], displayName: ""),
                TokenDraft(
                    scope: scope, role: .reader, displayName: String(repeating: "x", count: 513)),
                TokenDraft(
                    scope: scope, role: .reader, displayName: "", expiresAtMilliseconds: now),
                TokenDraft(scope: scope, role: .reader, displayName: "a\0b"),
            ]
            for draft in drafts {
                await expectRefusal(.invalidArgument) {
                    _ = try await fixture.controlPlane.createToken(draft)
                }
            }
            let absent = TokenDraft(
                scope: scope, role: .reader, databases: [DatabaseName("none")], displayName: "")
            await expectRefusal(.notFound, "Database [none] not found") {
                _ = try await fixture.controlPlane.createToken(absent)
            }
        }
    }

    @Test("lists are by owner")
    func list() async throws {
        try await Fixture.run { fixture in
            let acme = try await fixture.makeTenant("acme")
            let rival = try await fixture.makeTenant("rival")
            var mine: Set<TokenKeyID> = []
            for _ in 0..<5 { mine.insert(try await fixture.makeToken(acme).record.keyID) }
            _ = try await fixture.makeToken(rival)
            let plane = fixture.controlPlane
            let first = try await plane.listTokens(of: acme.id, page: PageRequest(sizeMax: 3))
            let rest = try await plane.listTokens(
                of: acme.id, page: PageRequest(token: first.nextToken))
            #expect(first.items.count == 3 && rest.items.count == 2)
            #expect(Set((first.items + rest.items).map(\.keyID)) == mine)
            #expect(try await plane.listTokens(of: nil, page: PageRequest()).items.isEmpty)
            await expectRefusal(.invalidArgument) {
                _ = try await plane.listTokens(
                    of: rival.id, page: PageRequest(token: first.nextToken))
            }
        }
    }
}

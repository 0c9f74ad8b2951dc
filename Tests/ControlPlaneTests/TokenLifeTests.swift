import Access
import ChromaModel
import Directory
import Platform
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

@Suite("Tokens from rotation to revocation")
struct TokenLifeTests {
    private func narrow(_ scope: TenantScope) throws -> TokenDraft {
        TokenDraft(
            scope: scope, role: .custom, databases: [DatabaseName("books")], displayName: "ci",
            restrictions: TokenRestrictions(
                actions: [.add], collections: CollectionPattern("team-*"),
                addresses: [try AddressRange(parsing: "10.0.0.0/8")]),
            creator: "maker")
    }

    @Test("what narrows a token is stored and read back, with the actions clients start with")
    func restrictions() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            _ = try await fixture.makeDatabase("books", in: tenant)
            let plane = fixture.controlPlane
            let minted = try await plane.createToken(try narrow(try await fixture.scope(tenant)))
            let found = try await plane.token(minted.record.keyID)
            #expect(found == minted.record)
            #expect(found?.restrictions.actions == [.add, .getTenant, .getDatabase])
            #expect(found?.creator == "maker")
        }
    }

    @Test("restrictions that make no sense are refused")
    func badRestrictions() async throws {
        try await Fixture.run { fixture in
            let scope = try await fixture.scope(try await fixture.makeTenant("acme"))
            let range = try AddressRange(parsing: "10.0.0.0/8")
            let drafts: [(TenantScope?, Role, TokenRestrictions)] = [
                (scope, .custom, .none), (scope, .reader, TokenRestrictions(actions: [.add])),
                (scope, .custom, TokenRestrictions(actions: [])),
                (scope, .custom, TokenRestrictions(actions: [.add, .reset])),
                (nil, .operator, TokenRestrictions(collections: CollectionPattern("a*"))),
                (
                    scope, .reader,
                    TokenRestrictions(addresses: Array(repeating: range, count: 41))
                ),
            ]
            for (scope, role, restrictions) in drafts {
                await expectRefusal(.invalidArgument) {
                    _ = try await fixture.controlPlane.createToken(
                        TokenDraft(
                            scope: scope, role: role, displayName: "",
                            restrictions: restrictions))
                }
            }
        }
    }

    @Test("a rotated token reaches the same, and the old one works until its grace ends")
    func rotate() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            _ = try await fixture.makeDatabase("books", in: tenant)
            let plane = fixture.controlPlane
            let old = try await plane.createToken(
                TokenDraft(
                    scope: try await fixture.scope(tenant), role: .writer,
                    databases: [DatabaseName("books")], displayName: "ci",
                    restrictions: TokenRestrictions(collections: CollectionPattern("team-*"))))
            #expect(try await fixture.accepts(old.secretText))
            let rotated = try await plane.rotateToken(
                old.record.keyID, of: tenant.id,
                TokenRotation(graceSeconds: 60, expiresAtMilliseconds: nil, creator: "me"))
            let new = rotated.minted.record
            #expect(new.role == .writer && new.databases == [DatabaseName("books")])
            #expect(new.restrictions == old.record.restrictions && new.displayName == "ci")
            #expect(rotated.replaced.succession?.replacedBy == new.keyID)
            fixture.time.advance(seconds: 59)
            #expect(try await fixture.accepts(old.secretText))
            #expect(try await fixture.accepts(rotated.minted.secretText))
            fixture.time.advance(seconds: 1)
            #expect(try await !fixture.accepts(old.secretText))
            #expect(try await fixture.accepts(rotated.minted.secretText))
            // The two share what they stand for; one can go without the other.
            try await plane.deleteToken(new.keyID, of: tenant.id)
            #expect(try await plane.token(old.record.keyID)?.succession?.replacedBy == nil)
            try await plane.deleteToken(old.record.keyID, of: tenant.id)
            let left = try await fixture.pool.query("SELECT id FROM acl.principal")
            #expect(left.isEmpty)
        }
    }

    @Test("without grace the old token is refused at once, and nothing dead is rotated")
    func rotateAtOnce() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            let plane = fixture.controlPlane
            let old = try await fixture.makeToken(tenant)
            let now = TokenRotation(graceSeconds: 0, expiresAtMilliseconds: nil, creator: nil)
            let rotated = try await plane.rotateToken(old.record.keyID, of: tenant.id, now)
            #expect(try await !fixture.accepts(old.secretText))
            await expectRefusal(.failedPrecondition) {
                _ = try await plane.rotateToken(old.record.keyID, of: tenant.id, now)
            }
            await expectRefusal(.notFound) {
                _ = try await plane.rotateToken(rotated.minted.record.keyID, of: nil, now)
            }
            for seconds in [-1, 7 * 86_400 + 1] {
                await expectRefusal(.invalidArgument) {
                    _ = try await plane.rotateToken(
                        rotated.minted.record.keyID, of: tenant.id,
                        TokenRotation(
                            graceSeconds: seconds, expiresAtMilliseconds: nil, creator: nil))
                }
            }
        }
    }

    @Test("many tokens are revoked together: named, by creator, or all; or none of them")
    func batchRevoke() async throws {
        try await Fixture.run { fixture in
            let acme = try await fixture.makeTenant("acme")
            let plane = fixture.controlPlane
            let foreign = try await fixture.makeToken(try await fixture.makeTenant("rival"))
            var tokens: [MintedToken] = []
            for _ in 0..<4 { tokens.append(try await fixture.makeToken(acme)) }
            let made = try await plane.createToken(
                TokenDraft(
                    scope: try await fixture.scope(acme), role: .reader, displayName: "",
                    creator: "leaked"))
            for token in tokens + [made] { #expect(try await fixture.accepts(token.secretText)) }
            let keyIDs = tokens[..<2].map(\.record.keyID)
            await expectRefusal(.notFound) {
                _ = try await plane.revokeTokens(
                    .keyIDs(keyIDs + [foreign.record.keyID]), of: acme.id)
            }
            #expect(try await fixture.accepts(tokens[0].secretText))
            #expect(try await plane.revokeTokens(.keyIDs(keyIDs), of: acme.id) == 2)
            #expect(try await plane.revokeTokens(.keyIDs(keyIDs), of: acme.id) == 0)
            #expect(try await plane.revokeTokens(.creator("leaked"), of: acme.id) == 1)
            #expect(try await !fixture.accepts(made.secretText))
            #expect(try await fixture.accepts(tokens[2].secretText))
            #expect(try await plane.revokeTokens(.all, of: acme.id) == 2)
            for token in tokens { #expect(try await !fixture.accepts(token.secretText)) }
            #expect(try await fixture.accepts(foreign.secretText))
        }
    }

    @Test("a last use is shown at once, written in batches, and never goes back")
    func lastUses() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            let plane = fixture.controlPlane
            let token = try await fixture.makeToken(tenant)
            let keyID = token.record.keyID
            #expect(try await plane.lastUses(of: [keyID]).isEmpty)
            #expect(try await fixture.accepts(token.secretText))
            let used = fixture.time.unixMilliseconds()
            #expect(try await plane.lastUses(of: [keyID]) == [keyID: used])
            let writer = LastUseWriter(
                uses: plane.uses, pool: fixture.pool, logger: TemporaryPostgres.quiet)
            // A token that is gone meanwhile is nobody's trouble.
            plane.uses.note(TokenKeyID("AAAAAAAAAAA"), atMilliseconds: used)
            await writer.write()
            #expect(plane.uses.find(keyID) == nil)
            let other = try fixture.another().controlPlane
            #expect(try await other.lastUses(of: [keyID]) == [keyID: used])
            for (time, expected) in [(used - 1000, used), (used + 1234, used + 1234)] {
                plane.uses.note(keyID, atMilliseconds: time)
                await writer.write()
                #expect(try await other.lastUses(of: [keyID]) == [keyID: expected])
            }
        }
    }

    @Test("the newest of many uses counts, and is kept when it cannot be written")
    func newest() async throws {
        let uses = LastUses()
        let random = SeededRandom(seed: 9)
        var expected: [TokenKeyID: UInt64] = [:]
        for _ in 0..<1000 {
            let (low, high) = random.pair()
            let keyID = TokenKeyID("token-\(low % 7)")
            expected[keyID] = max(expected[keyID] ?? 0, high % 1000)
            uses.note(keyID, atMilliseconds: high % 1000)
        }
        let taken = uses.take()
        #expect(Dictionary(taken.map { ($0.keyID, $0.milliseconds) }) { $1 } == expected)
        #expect(taken.map(\.keyID) == taken.map(\.keyID).sorted())
        #expect(uses.take().isEmpty)
    }
}

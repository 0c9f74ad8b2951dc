import Access
import ChromaModel
import Directory
import Platform
import TestSupport
import Testing

@testable import ControlPlane

struct IssuerTests {
    private static let url = IssuerURL("https://id.example")

    private static func draft(
        _ id: String = "corp", url: String = "https://id.example",
        mapping: ClaimMapping = ClaimMapping(roles: [ClaimText("dev"): .writer])
    ) -> IssuerDraft {
        IssuerDraft(
            id: IssuerID(id), url: IssuerURL(url), audiences: [ClaimText("tessera")],
            keySource: .discovery, mapping: mapping)
    }

    @Test("what was made is found by its URL and its id, field by field")
    func roundTrip() async throws {
        try await Fixture.run { fixture in
            let plane = fixture.controlPlane
            var wide = Self.draft(
                mapping: ClaimMapping(
                    tenant: .claim(
                        ClaimPath("/app/tenant"), among: [TenantName("acme"), TenantName("bär")]),
                    databasesClaim: ClaimPath("dbs"), roleClaim: ClaimPath("groups"),
                    roles: [ClaimText("a b"): .reader, ClaimText("ops"): .operator],
                    allowsOperator: true))
            wide.algorithms = [.ps512, .edDSA]
            wide.keySource = .url("https://id.example/keys")
            wide.audiences.append(ClaimText("{odd}, \"quoted\""))
            wide.clockSkewSeconds = 0
            var narrow = Self.draft("lab", url: "https://lab.example")
            narrow.mapping.tenant = .always(TenantName("acme"))
            narrow.keySource = .file("lab.json")
            narrow.algorithms = [.hs256]
            narrow.lifetimeSecondsMax = 86_400
            for draft in [wide, narrow] {
                let made = try await plane.createIssuer(draft)
                #expect(try await plane.issuer(at: draft.url) == made)
                #expect(try await plane.issuer(draft.id) == made)
                #expect(made.mapping == draft.mapping && made.keySource == draft.keySource)
                #expect(made.algorithms == draft.algorithms && made.denials == DenyList())
            }
            #expect(try await plane.issuer(at: IssuerURL("https://ID.example")) == nil)
            let page = try await plane.listIssuers(PageRequest(sizeMax: 1))
            let rest = try await plane.listIssuers(PageRequest(token: page.nextToken))
            #expect((page.items + rest.items).map(\.id.value) == ["corp", "lab"])
        }
    }

    @Test("a second issuer of the id or the URL is refused, until the first is gone")
    func unique() async throws {
        try await Fixture.run { fixture in
            let plane = fixture.controlPlane
            let first = try await plane.createIssuer(Self.draft())
            for draft in [Self.draft("other"), Self.draft(url: "https://other.example")] {
                await expectRefusal(.alreadyExists) { _ = try await plane.createIssuer(draft) }
            }
            try await plane.deleteIssuer(first.id)
            #expect(try await plane.issuer(at: Self.url) == nil)
            await expectRefusal(.notFound, "Issuer [corp] not found") {
                try await plane.deleteIssuer(first.id)
            }
            #expect(try await plane.createIssuer(Self.draft()).uid != first.uid)
        }
    }

    @Test("a replaced issuer has the new settings and its old denials")
    func replaced() async throws {
        try await Fixture.run { fixture in
            let plane = fixture.controlPlane
            let first = try await plane.createIssuer(Self.draft())
            _ = try await plane.deny(.token(ClaimText("t-1")), of: first.id)
            var draft = Self.draft(
                mapping: ClaimMapping(
                    tenant: .always(TenantName("acme")), roles: [ClaimText("lead"): .admin]))
            draft.algorithms = [.edDSA]
            let second = try await plane.replaceIssuer(draft)
            #expect(second.mapping == draft.mapping && second.algorithms == [.edDSA])
            #expect(second.uid == first.uid && second.revision > first.revision + 1)
            #expect(second.denials.tokenIDs == [ClaimText("t-1")])
            #expect(try await plane.issuer(at: Self.url) == second)
            await expectRefusal(.invalidArgument) {
                _ = try await plane.replaceIssuer(Self.draft(url: "https://other.example"))
            }
            await expectRefusal(.notFound) {
                _ = try await plane.replaceIssuer(Self.draft("none"))
            }
        }
    }

    @Test("denials raise the revision, replace each other, and go")
    func denials() async throws {
        try await Fixture.run { fixture in
            let plane = fixture.controlPlane
            let issuer = try await plane.createIssuer(Self.draft())
            let ada = ClaimText("ada")
            let rules: [DenialRule] = [
                .token(ClaimText("t-1")), .subject(ada, issuedBeforeMilliseconds: 5000),
                .subject(ada, issuedBeforeMilliseconds: nil),
                .everyone(issuedBeforeMilliseconds: 7000),
            ]
            var revision = issuer.revision
            var made: [DenialRecord] = []
            for rule in rules {
                made.append(try await plane.deny(rule, of: issuer.id))
                let changed = try #require(try await plane.issuer(at: Self.url))
                #expect(changed.revision > revision)
                revision = changed.revision
            }
            #expect(made[1].id == made[2].id)
            let denials = try await plane.issuer(issuer.id).denials
            #expect(denials.tokenIDs == [ClaimText("t-1")])
            #expect(denials.subjects == [ada: .max] && denials.issuedBeforeMilliseconds == 7000)
            let listed = try await plane.listDenials(of: issuer.id, page: PageRequest())
            #expect(Set(listed.items) == [made[0], made[2], made[3]])

            for denial in [made[0], made[2], made[3]] {
                try await plane.removeDenial(denial.id, of: issuer.id)
            }
            #expect(try await plane.issuer(issuer.id).denials == DenyList())
            await expectRefusal(.notFound) {
                try await plane.removeDenial(made[0].id, of: issuer.id)
            }
            await expectRefusal(.notFound) {
                _ = try await plane.deny(rules[0], of: IssuerID("none"))
            }
        }
    }

    @Test("a denied token is forgotten once it has expired for certain, a subject is not")
    func expiry() async throws {
        try await Fixture.run { fixture in
            let plane = fixture.controlPlane
            let id = try await plane.createIssuer(Self.draft()).id
            let token = try await plane.deny(.token(ClaimText("t-1")), of: id)
            let subject = DenialRule.subject(ClaimText("ada"), issuedBeforeMilliseconds: 1)
            _ = try await plane.deny(subject, of: id)
            let expiry = try #require(token.expiresAtMilliseconds)
            #expect(expiry >= token.createdAtMilliseconds + 86_400_000)
            fixture.time.advance(seconds: 100_000)
            _ = try await plane.deny(.token(ClaimText("t-2")), of: id)
            let denials = try await plane.issuer(id).denials
            #expect(denials.tokenIDs == [ClaimText("t-2")])
            #expect(denials.subjects == [ClaimText("ada"): 1])
        }
    }

    @Test("another process's denial arrives through the epoch log")
    func tail() async throws {
        try await Fixture.run { fixture in
            let issuer = try await fixture.controlPlane.createIssuer(Self.draft())
            let tail = Task { try await fixture.controlPlane.run() }
            while try await !isCached(fixture) { await Task.yield() }
            let other = try fixture.another()
            _ = try await other.controlPlane.deny(.token(ClaimText("t-1")), of: issuer.id)
            // Ends when the change has arrived; the clock stands still, so no lease runs out.
            while try await fixture.controlPlane.issuer(at: Self.url) == issuer {
                await Task.yield()
            }
            tail.cancel()
            _ = try? await tail.value
        }
    }

    /// Whether a look-up of the issuer no longer asks the database.
    private func isCached(_ fixture: Fixture) async throws -> Bool {
        struct NotCached: Error {}
        _ = try await fixture.controlPlane.issuer(at: Self.url)
        do {
            return try await fixture.controlPlane.cache.value(Self.url, in: .issuers) {
                throw NotCached()
            } != nil
        } catch is NotCached {
            return false
        }
    }

    @Test("drafts that make no sense are refused")
    func badDrafts() async throws {
        var drafts: [IssuerDraft] = [
            Self.draft("Corp"), Self.draft("1corp"), Self.draft(""),
            Self.draft(url: "http://id.example"), Self.draft(url: "id.example"),
            Self.draft(url: "https://user@id.example"), Self.draft(url: "https://id.example/#x"),
            Self.draft(url: "file:///etc/passwd"), Self.draft(url: "https://id.example/a b"),
            Self.draft(mapping: ClaimMapping(roles: [:])),
            Self.draft(mapping: ClaimMapping(roles: [ClaimText("ops"): .operator])),
            Self.draft(
                mapping: ClaimMapping(
                    tenant: .always(TenantName("a")), roles: [ClaimText("x"): .reader])),
        ]
        let changes: [(inout IssuerDraft) -> Void] = [
            { $0.audiences = [] }, { $0.audiences = [ClaimText("")] }, { $0.algorithms = [] },
            { $0.algorithms = [.rs256, .rs256] }, { $0.algorithms = [.hs256] },
            { $0.keySource = .file("../pepper") }, { $0.keySource = .file(".hidden") },
            { $0.keySource = .url("http://id.example/keys") },
            { $0.clockSkewSeconds = 301 }, { $0.lifetimeSecondsMax = 59 },
            { $0.lifetimeSecondsMax = 86_401 },
        ]
        for change in changes {
            var draft = Self.draft()
            change(&draft)
            drafts.append(draft)
        }
        for draft in drafts {
            #expect(throws: ServiceError.self, "\(draft)") {
                try draft.validate(allowsInsecureURLs: false)
            }
        }
        try Self.draft(url: "http://127.0.0.1:1").validate(allowsInsecureURLs: true)
    }
}

import ChromaModel
import TestSupport
import Testing

@testable import Access

struct ClaimMappingTests {
    private static let roles: [ClaimText: Role] = [
        ClaimText("reads"): .reader, ClaimText("writes"): .writer, ClaimText("owns"): .admin,
        ClaimText("runs"): .operator,
    ]

    private func identity(_ mapping: ClaimMapping, _ changes: [String: String?]) throws
        -> MappedIdentity
    {
        let claims = try TokenClaims(parsing: Array(TokenForge.claims(changes).utf8))
        return try MappedIdentity(claims, by: mapping)
    }

    @Test("of several roles the one that may most counts, operator only where it is allowed")
    func roles() throws {
        var mapping = ClaimMapping(roles: Self.roles)
        let several = ["role": "[\"reads\",\"owns\",\"runs\",\"unknown\"]"]
        #expect(try identity(mapping, several).role == .admin)
        mapping.allowsOperator = true
        let identity = try identity(mapping, several)
        #expect(identity.role == .operator && identity.tenant == nil)
    }

    @Test("nested claims are found by a pointer, a name with slashes by itself")
    func paths() throws {
        var mapping = ClaimMapping(roles: Self.roles)
        mapping.roleClaim = ClaimPath("/realm_access/roles")
        let nested = ["realm_access": "{\"roles\":[\"writes\"]}"]
        #expect(try identity(mapping, nested).role == .writer)
        mapping.roleClaim = ClaimPath("https://corp.example/roles")
        #expect(
            try identity(mapping, ["https://corp.example/roles": "\"owns\""]).role == .admin)
        mapping.roleClaim = ClaimPath("/a~1b/~0c")
        #expect(try identity(mapping, ["a/b": "{\"~c\":\"reads\"}"]).role == .reader)
        #expect(throws: AuthenticationRefusal.noRole) { try identity(mapping, ["a": "{}"]) }
    }

    @Test("an issuer speaks for its tenants alone")
    func tenants() throws {
        let claim = ClaimPath("tenant")
        var mapping = ClaimMapping(
            tenant: .claim(claim, among: [TenantName("acme")]), roles: Self.roles)
        #expect(try identity(mapping, [:]).tenant == TenantName("acme"))
        #expect(throws: AuthenticationRefusal.noTenant) {
            try identity(mapping, ["tenant": "\"rival\""])
        }
        for odd in ["\"\"", "\"acme\\u0000\"", "[\"acme\"]", "null"] {
            #expect(throws: AuthenticationRefusal.noTenant) {
                try identity(ClaimMapping(roles: Self.roles), ["tenant": odd])
            }
        }
        mapping.tenant = .always(TenantName("acme"))
        #expect(try identity(mapping, ["tenant": "\"rival\""]).tenant == TenantName("acme"))
    }

    @Test("a databases claim that is mapped must be there and only narrows")
    func databases() throws {
        let mapping = ClaimMapping(databasesClaim: ClaimPath("dbs"), roles: Self.roles)
        #expect(
            try identity(mapping, ["dbs": "[\"one\",\"two\"]"]).databases
                == [DatabaseName("one"), DatabaseName("two")])
        #expect(try identity(mapping, ["dbs": "\"one\""]).databases == [DatabaseName("one")])
        #expect(try identity(mapping, ["dbs": "[]"]).databases == [])
        for odd in [nil, "null", "7", "[7]", "{}", "[\"one\",null]"] {
            #expect(throws: AuthenticationRefusal.noDatabases) {
                try identity(mapping, ["dbs": odd])
            }
        }
    }
}

import Access
import ChromaModel
import NIOHTTP1
import TestSupport
import Testing

@Suite("Identity and credentials (protocol §7)")
struct IdentityTests {
    private static let path = "/api/v2/auth/identity"
    private static let denied = "{\"error\":\"ChromaError\",\"message\":\"Permission denied.\"}"

    @Test("a tenant's token names its tenant and every database it reaches")
    func tenantIdentity() async throws {
        try await Installation.run { installation in
            installation.directory.addDatabase(
                named: DatabaseName("second"), to: installation.alpha)
            let answer = try await installation.client.get(
                Self.path, token: installation.alphaToken)
            let keyID = installation.alphaToken.dropFirst(4).prefix(11)
            #expect(answer.status == 200)
            #expect(
                answer.body
                    == "{\"user_id\":\"\(keyID)\",\"tenant\":\"alpha\","
                    + "\"databases\":[\"shared_name\",\"second\"]}")
        }
    }

    @Test("a token for one database names that one alone")
    func restrictedIdentity() async throws {
        try await Installation.run { installation in
            let name = DatabaseName("second")
            installation.directory.addDatabase(named: name, to: installation.alpha)
            let token = installation.directory.mintToken(
                role: .writer, tenant: installation.alpha, databases: [name])
            let answer = try await installation.client.get(Self.path, token: token)
            #expect(answer.body.hasSuffix("\"tenant\":\"alpha\",\"databases\":[\"second\"]}"))
        }
    }

    @Test("an operator's token is bound to no tenant")
    func operatorIdentity() async throws {
        try await Installation.run { installation in
            let answer = try await installation.client.get(
                Self.path, token: installation.operatorToken)
            #expect(answer.body.hasSuffix("\"tenant\":\"*\",\"databases\":[\"*\"]}"))
        }
    }

    @Test("the token may come as a bearer; x-chroma-token is preferred")
    func bearer() async throws {
        try await Installation.run { installation in
            let (good, bad) = (installation.alphaToken, "nonsense")
            let cases: [([(String, String)], UInt)] = [
                ([("Authorization", "Bearer \(good)")], 200),
                ([("authorization", "bearer \(good)")], 200),
                ([("X-Chroma-Token", good), ("Authorization", "Bearer \(bad)")], 200),
                ([("X-Chroma-Token", bad), ("Authorization", "Bearer \(good)")], 401),
                ([("Authorization", "Basic dXNlcjpwYXNz")], 401),
                ([("Authorization", "Basic \(good)")], 401),
                ([("Authorization", good)], 401),
                ([("Authorization", "Bearer")], 401),
                ([], 401),
            ]
            for (headers, status) in cases {
                let answer = try await installation.client.send(
                    .GET, Self.path, headers: headers)
                #expect(answer.status == status, "\(headers.map(\.0))")
            }
        }
    }

    @Test("every refused credential gets the same words")
    func refusals() async throws {
        try await Installation.run { installation in
            let directory = installation.directory
            let revoked = directory.mintToken(
                role: .admin, tenant: installation.alpha, revokedAtMilliseconds: 1)
            let expired = directory.mintToken(
                role: .admin, tenant: installation.alpha, expiresAtMilliseconds: 1)
            for token in [nil, "", "tsd_", revoked, expired, installation.alphaToken + "x"] {
                let answer = try await installation.client.get(Self.path, token: token)
                #expect(answer.status == 401)
                #expect(answer.body == Self.denied)
                #expect(answer.header("www-authenticate") == nil)
            }
        }
    }

    @Test("the literal None, a client's known bug, gets a hint")
    func literalNone() async throws {
        try await Installation.run { installation in
            let answer = try await installation.client.get(Self.path, token: "None")
            #expect(answer.status == 401)
            #expect(answer.body.contains("pass api_key explicitly"))
        }
    }
}

import Access
import NIOHTTP1
import TestSupport
import Testing

@Suite("Tenants and reset (protocol §1.2, §1.3)")
struct TenantTests {
    @Test("an operator makes a tenant once")
    func create() async throws {
        try await Installation.run { installation in
            let client = installation.client
            let token = installation.operatorToken
            let body = "{\"name\":\"gamma\",\"unknown\":1}"
            let first = try await client.post("/api/v2/tenants", body, token: token)
            #expect(first.status == 200)
            #expect(first.body == "{}")
            let second = try await client.post("/api/v2/tenants", body, token: token)
            #expect(second.status == 409)
            #expect(
                second.body
                    == "{\"error\":\"ChromaError\","
                    + "\"message\":\"Tenant [gamma] already exists\"}")
            let get = try await client.get("/api/v2/tenants/gamma", token: token)
            #expect(get.body == "{\"name\":\"gamma\",\"resource_name\":null}")
        }
    }

    @Test("a tenant's name has at least three characters and must be given")
    func createMalformed() async throws {
        try await Installation.run { installation in
            for (body, status) in [
                ("{\"name\":\"ab\"}", UInt(400)), ("{}", 422), ("{\"name\":1}", 422), ("", 400),
                ("{", 400), ("{\"name\":\"abc\",\"name\":\"abd\"}", 422),
            ] {
                let answer = try await installation.client.post(
                    "/api/v2/tenants", body, token: installation.operatorToken)
                #expect(answer.status == status, "\(body)")
            }
        }
    }

    @Test("a tenant sees itself, may not make tenants, and names itself once")
    func ownTenant() async throws {
        try await Installation.run { installation in
            let client = installation.client
            let token = installation.alphaToken
            let get = try await client.get("/api/v2/tenants/alpha", token: token)
            #expect(get.body == "{\"name\":\"alpha\",\"resource_name\":null}")
            let patch = try await client.send(
                .PATCH, "/api/v2/tenants/alpha", body: "{\"resource_name\":\"r\"}", token: token)
            #expect(patch.status == 200)
            #expect(patch.body == "{}")
            let named = try await client.get("/api/v2/tenants/alpha", token: token)
            #expect(named.body == "{\"name\":\"alpha\",\"resource_name\":\"r\"}")
            let refusal = Installation.refusal("ChromaError", "Failed to set resource name")
            for (tenant, name, token) in [
                ("alpha", "r", token), ("alpha", "other", token),
                ("beta", "r", installation.betaToken),
            ] {
                let again = try await client.send(
                    .PATCH, "/api/v2/tenants/\(tenant)", body: "{\"resource_name\":\"\(name)\"}",
                    token: token)
                #expect(again.status == 409)
                #expect(again.body == refusal)
            }
            for name in ["", "a:b", String(repeating: "x", count: 513)] {
                let bad = try await client.send(
                    .PATCH, "/api/v2/tenants/beta", body: "{\"resource_name\":\"\(name)\"}",
                    token: installation.betaToken)
                #expect(bad.status == 400)
            }
            let create = try await client.post(
                "/api/v2/tenants", "{\"name\":\"gamma\"}", token: token)
            #expect(create.status == 403)
            let list = try await client.get("/api/v2/tenants", token: token)
            #expect(list.status == 405)
        }
    }

    @Test("an operator asking for an unknown tenant gets 404")
    func unknownTenant() async throws {
        try await Installation.run { installation in
            let answer = try await installation.client.get(
                "/api/v2/tenants/nobody", token: installation.operatorToken)
            #expect(answer.status == 404)
            #expect(
                answer.body
                    == "{\"error\":\"NotFoundError\",\"message\":\"Tenant [nobody] not found\"}")
        }
    }

    @Test("reset is forbidden unless configured")
    func resetForbidden() async throws {
        try await Installation.run { installation in
            for token in [installation.alphaToken, installation.operatorToken] {
                let answer = try await installation.client.send(
                    .POST, "/api/v2/reset", token: token)
                #expect(answer.status == 403)
                #expect(
                    answer.body
                        == "{\"error\":\"ChromaError\","
                        + "\"message\":\"Reset is disabled by config\"}")
            }
        }
    }

    @Test("where reset is configured only an operator may, and it wipes what tests made")
    func resetAllowed() async throws {
        try await Installation.run(allowReset: true) { installation in
            let client = installation.client
            _ = try await client.post(
                "/api/v2/tenants", "{\"name\":\"gamma\"}", token: installation.operatorToken)
            let refused = try await client.send(
                .POST, "/api/v2/reset", token: installation.alphaToken)
            #expect(refused.status == 403)
            let done = try await client.send(
                .POST, "/api/v2/reset", token: installation.operatorToken)
            #expect(done.status == 200)
            #expect(done.body == "true")
            let gone = try await client.get(
                "/api/v2/tenants/gamma", token: installation.operatorToken)
            #expect(gone.status == 404)
        }
    }
}

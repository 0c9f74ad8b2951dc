import Access
import AdminClient
import ChromaModel
import SwiftProtobuf
import TesseraRPC
import Testing

@testable import AdminAPI

@Suite("Narrow, rotated and revoked tokens in the admin API")
struct TokenScopeTests {
    private func make(
        _ world: AdminWorld, _ tenant: String, _ body: String
    ) async throws -> AdminCreateTokenResponse {
        let answer = try await world.http(
            "POST", "/v1/tenants/\(tenant)/tokens", token: world.operatorToken, body: body)
        #expect(answer.status == 200, "\(answer.body)")
        return try AdminCreateTokenResponse(jsonString: answer.body)
    }

    @Test("what narrows a token is shown as it was asked for")
    func shown() async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("narrow")
            _ = try await world.token(of: tenant, role: .admin)
            let made = try await make(
                world, tenant,
                """
                {"actions":["query","add"],"collections":"team-*",
                 "ip_allow":["127.0.0.0/8","::1"]}
                """)
            #expect(made.token.role == "custom")
            #expect(made.token.actions == ["get_tenant", "get_database", "add", "query"])
            #expect(made.token.collections == "team-*")
            #expect(made.token.ipAllow == ["127.0.0.0/8", "::1/128"])
            #expect(!made.token.creator.isEmpty && world.operatorToken.contains(made.token.creator))
            let shown = try await world.http(
                "GET", "/v1/\(made.token.name)", token: world.operatorToken)
            #expect(try AdminToken(jsonString: shown.body) == made.token)
        }
    }

    @Test(
        "a scope that makes no sense is refused",
        arguments: [
            #"{"actions":["fly"]}"#, #"{"actions":["reset"]}"#, #"{"actions":["create_tenant"]}"#,
            #"{"role":"custom"}"#, #"{"role":"reader","actions":["add"]}"#, "{}",
            #"{"role":"reader","collections":"a b"}"#, #"{"role":"reader","ip_allow":["x"]}"#,
            #"{"role":"reader","ip_allow":["10.0.0.1/8"]}"#,
        ])
    func refused(body: String) async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("bad")
            _ = try await world.token(of: tenant, role: .admin)
            let answer = try await world.http(
                "POST", "/v1/tenants/\(tenant)/tokens", token: world.operatorToken, body: body)
            #expect(answer.status == 400, "\(answer.body)")
        }
    }

    @Test("a token comes from its ranges alone, over HTTP and gRPC, whatever its headers say")
    func addresses() async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("where")
            _ = try await world.token(of: tenant, role: .admin)
            for (range, isIn) in [("127.0.0.0/8", true), ("10.0.0.0/8", false)] {
                let made = try await make(
                    world, tenant, #"{"role":"admin","ip_allow":["\#(range)"]}"#)
                let path = "/v1/tenants/\(tenant)"
                let overHTTP = try await world.http("GET", path, token: made.secret)
                #expect(overHTTP.status == (isIn ? 200 : 401))
                let overGRPC = try? await world.grpc(token: made.secret) {
                    try await $0.tenants.getTenant(.with { $0.name = "tenants/\(tenant)" })
                }
                #expect((overGRPC != nil) == isIn)
            }
        }
    }

    @Test("a rotation shows the new secret once and the old token's end")
    func rotate() async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("rotate")
            let admin = try await world.token(of: tenant, role: .admin)
            let old = try await make(world, tenant, #"{"role":"admin","display_name":"ci"}"#)
            let path = "/v1/\(old.token.name)"
            let answer = try await world.http(
                "POST", "\(path):rotate", token: admin, body: #"{"grace":"3600s"}"#)
            let rotated = try AdminRotateTokenResponse(jsonString: answer.body)
            #expect(rotated.replaced.replacedBy == rotated.token.name)
            #expect(rotated.replaced.hasGraceEndTime && rotated.token.displayName == "ci")
            for secret in [old.secret, rotated.secret] {
                #expect(try await world.http("GET", path, token: secret).status == 200)
            }
            for body in [#"{"grace":"604801s"}"#, #"{"grace":"-1s"}"#, #"{"grace":"0.5s"}"#] {
                let refused = try await world.http(
                    "POST", "/v1/\(rotated.token.name):rotate", token: admin, body: body)
                #expect(refused.status == 400, "\(refused.body)")
            }
            #expect(
                try await world.http("POST", "\(path):rotate", token: admin, body: "{}").status
                    == 400)
            #expect(!world.log.text.contains(rotated.secret))
        }
    }

    @Test("many are revoked in one call: exactly one way of saying which")
    func batchRevoke() async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("batch")
            let admin = try await world.token(of: tenant, role: .admin)
            let one = try await make(world, tenant, #"{"role":"reader"}"#)
            let path = "/v1/tenants/\(tenant)/tokens:batchRevoke"
            let foreign = "tenants/other/tokens/AAAAAAAAAAA"
            for body in [
                "{}", #"{"all":true,"creator":"x"}"#, #"{"names":["\#(foreign)"]}"#,
                #"{"names":["tokens/AAAAAAAAAAA"]}"#,
            ] {
                let refused = try await world.http("POST", path, token: admin, body: body)
                #expect(refused.status == 400, "\(refused.body)")
            }
            let named = try await world.http(
                "POST", path, token: admin, body: #"{"names":["\#(one.token.name)"]}"#)
            #expect(named.body == #"{"revoked_count":1}"#)
            let all = try await world.http("POST", path, token: admin, body: #"{"all":true}"#)
            #expect(all.body == #"{"revoked_count":1}"#)
            #expect(try await world.http("POST", path, token: admin, body: "{}").status == 401)
            let lockout = try await world.http(
                "POST", "/v1/tokens:batchRevoke", token: world.operatorToken,
                body: #"{"all":true}"#)
            #expect(lockout.status == 400)
        }
    }

    @Test("a token learns what it is and may, and about nothing that it doesn't reach")
    func introspection() async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("self")
            let reader = try await world.token(of: tenant, role: .reader, databases: ["mine"])
            _ = try await world.token(of: tenant, role: .reader, databases: ["other"])
            let answer = try await world.http("GET", "/v1/tokens:introspect", token: reader)
            let known = try AdminIntrospectTokenResponse(jsonString: answer.body)
            #expect(known.tenant == "tenants/\(tenant)" && reader.contains(known.credential))
            #expect(known.token.databases == ["mine"])
            #expect(known.permissions.contains("query") && !known.permissions.contains("add"))
            #expect(!answer.body.contains(reader))

            let asked = #"{"permissions":["add","query","tokens.create"]}"#
            let path = "/v1/tenants/\(tenant)"
            for resource in [path, "\(path)/databases/mine"] {
                let tested = try await world.http(
                    "POST", "\(resource):testPermissions", token: reader, body: asked)
                #expect(tested.body == #"{"permissions":["query"]}"#)
            }
            let hidden = try await world.http(
                "POST", "\(path)/databases/other:testPermissions", token: reader, body: asked)
            let absent = try await world.http(
                "POST", "\(path)/databases/absent:testPermissions", token: reader, body: asked)
            #expect(hidden.status == 404)
            #expect(
                hidden.withoutRequestID.replacing("other", with: "absent")
                    == absent.withoutRequestID)
            let strange = try await world.http(
                "POST", "\(path):testPermissions", token: reader, body: #"{"permissions":["fly"]}"#)
            #expect(strange.status == 400)
        }
    }
}

import Access
import AdminClient
import ChromaModel
import GRPCCore
import SwiftProtobuf
import TesseraRPC
import Testing

@testable import AdminAPI

@Suite("Refusals of the admin API")
struct RefusalTests {
    @Test("each refusal has its status and words")
    func golden() async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("refuse")
            let admin = try await world.token(of: tenant, role: .admin)
            let tokens = "/v1/tenants/\(tenant)/tokens"
            let cases: [(String, String, String?, String)] = [
                ("GET", "/v1/nothing", nil, "404 NOT_FOUND"),
                ("PUT", "/v1/tenants", nil, "405 UNIMPLEMENTED"),
                ("GET", "/v1/tenants/\(tenant)?x=1", nil, "400 INVALID_ARGUMENT"),
                ("GET", "\(tokens)?page_size=-1", nil, "400 INVALID_ARGUMENT"),
                ("GET", "\(tokens)?page_token=forged", nil, "400 INVALID_ARGUMENT"),
                ("POST", tokens, #"{"role":"operator"}"#, "400 INVALID_ARGUMENT"),
                ("POST", tokens, #"{"role":"king"}"#, "400 INVALID_ARGUMENT"),
                ("POST", tokens, #"{"rule":"admin"}"#, "400 INVALID_ARGUMENT"),
                ("POST", tokens, "{", "400 INVALID_ARGUMENT"),
                (
                    "POST", tokens, #"{"role":"reader","expire_time":"2001-01-01T00:00:00Z"}"#,
                    "400 INVALID_ARGUMENT"
                ),
                ("POST", tokens, #"{"role":"reader","databases":["no"]}"#, "404 NOT_FOUND"),
                (
                    "POST", tokens, #"{"role":"\#(String(repeating: "x", count: 1 << 20))"}"#,
                    "413 RESOURCE_EXHAUSTED"
                ),
                ("GET", "\(tokens)/unknown", nil, "404 NOT_FOUND"),
                ("POST", "/v1/tenants", #"{"tenant_id":"abc"}"#, "403 PERMISSION_DENIED"),
            ]
            for (method, path, body, status) in cases {
                let answer = try await world.http(method, path, token: admin, body: body)
                let words = status.split(separator: " ")
                #expect("\(answer.status)" == words[0], "\(method) \(path)")
                #expect(answer.body.contains(#""status":"\#(words[1])""#))
                #expect(answer.body.contains(#""request_id":""#))
            }
            let taken = try await world.http(
                "POST", "/v1/tenants", token: world.operatorToken,
                body: #"{"tenant_id":"\#(tenant)"}"#)
            #expect(taken.status == 409)
            #expect(taken.body.contains(#""message":"Tenant [\#(tenant)] already exists""#))
        }
    }

    @Test("gRPC refuses with the same code and words, and the request's id beside them")
    func overGRPC() async throws {
        try await AdminWorld.run { world in
            let failure = await #expect(throws: CommandFailure.self) {
                try await world.grpc(token: world.operatorToken) {
                    _ = try await $0.tenants.getTenant(.with { $0.name = "tenants/nobody" })
                }
            }
            #expect(failure?.description == "Tenant [nobody] not found")
            let denied = await #expect(throws: CommandFailure.self) {
                try await world.grpc(token: "nonsense") {
                    _ = try await $0.tenants.listTenants(.init())
                }
            }
            #expect(denied?.description.contains("The token was refused") == true)
        }
    }

    @Test("a gRPC message past the limit is refused")
    func largeMessage() async throws {
        try await AdminWorld.run { world in
            await #expect(throws: CommandFailure.self) {
                try await world.grpc(token: world.operatorToken) {
                    _ = try await $0.tenants.createTenant(
                        .with { $0.tenantID = String(repeating: "x", count: 2 << 20) })
                }
            }
            let alive = try await world.http("GET", "/livez", token: nil)
            #expect(alive.status == 200)
        }
    }
}

import Access
import ChromaModel
import SwiftProtobuf
import TesseraRPC
import Testing

@testable import AdminAPI

@Suite("Tenants apart from each other in the admin API")
struct IsolationTests {
    @Test("every route answers for a foreign tenant as it does for one that isn't there")
    func foreignIsAbsent() async throws {
        try await AdminWorld.run { world in
            let own = try await world.token(of: AdminWorld.fresh("own"), role: .admin)
            let foreign = AdminWorld.fresh("foreign")
            _ = try await world.token(of: foreign, role: .admin, databases: ["data"])
            for (method, path) in Self.routes {
                let there = try await world.http(
                    method, path.filling(foreign, "data"), token: own)
                let absent = try await world.http(
                    method, path.filling(AdminWorld.fresh("absent"), "data"), token: own)
                #expect(there.status == 403, "\(method) \(path)")
                #expect(there.status == absent.status)
                #expect(there.withoutRequestID == absent.withoutRequestID)
            }
        }
    }

    @Test("a foreign token's id under one's own tenant is as absent as a random one")
    func foreignTokenID() async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("own")
            let own = try await world.token(of: tenant, role: .admin)
            let other = try await world.token(of: AdminWorld.fresh("other"), role: .admin)
            let keyID = other.split(separator: "_")[1]
            let methods = [
                ("GET", ""), ("DELETE", ""), ("POST", ":revoke"), ("POST", ":rotate"),
            ]
            for (method, suffix) in methods {
                for caller in [own, world.operatorToken] {
                    let answer = try await world.http(
                        method, "/v1/tenants/\(tenant)/tokens/\(keyID)\(suffix)", token: caller)
                    #expect(answer.status == 404)
                    #expect(answer.body.contains("Token [\(keyID)] not found"))
                }
            }
            #expect(
                try await world.http("GET", "/v1/tokens/\(keyID)", token: world.operatorToken)
                    .status == 404)
        }
    }

    @Test(
        "a writer and a reader call nothing but what tells them what they may",
        arguments: ["writer", "reader"])
    func dataTokens(_ word: String) async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("data")
            let role = try #require(Role(rawValue: word))
            let token = try await world.token(of: tenant, role: role)
            for method in AdminMethod.all {
                let isOpen = [.introspectTokens, .testAccess].contains(method.required)
                for binding in method.bindings {
                    let answer = try await world.http(
                        binding.method, binding.path.filling(tenant, "x"), token: token)
                    #expect((answer.status != 403) == isOpen, "\(method.name)")
                }
            }
        }
    }

    @Test("the tokens of a deleted tenant are dead, and its name begins anew")
    func deletedTenant() async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("gone")
            let token = try await world.token(of: tenant, role: .admin, databases: [])
            let path = "/v1/tenants/\(tenant)"
            #expect(
                try await world.http("DELETE", path, token: world.operatorToken).status == 200)
            #expect(try await world.http("GET", path, token: token).status == 401)
            _ = try await world.token(of: tenant, role: .admin)
            #expect(try await world.http("GET", path, token: token).status == 401)
        }
    }

    /// Every route that names a tenant.
    private static var routes: [(method: String, path: String)] {
        AdminMethod.all.flatMap(\.bindings).filter { $0.path.contains("tenants/*") }
            .map { ($0.method, $0.path) }
    }
}

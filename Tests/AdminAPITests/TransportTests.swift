import Access
import AdminClient
import ChromaModel
import Foundation
import SwiftProtobuf
import TesseraRPC
import Testing

@testable import AdminAPI

@Suite("The admin API over gRPC and HTTP")
struct TransportTests {
    @Test("what one transport makes, the other shows the same")
    func sameThing() async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("same")
            let made = try await world.http(
                "POST", "/v1/tenants", token: world.operatorToken,
                body: #"{"tenant_id":"\#(tenant)"}"#)
            #expect(made.status == 200)
            let seen = try await world.grpc(token: world.operatorToken) {
                try await $0.tenants.getTenant(.with { $0.name = "tenants/\(tenant)" })
            }
            let json = try seen.adminJSON()
            #expect(json == Array(made.body.utf8))
            #expect(seen.name == "tenants/\(tenant)")
            #expect(seen.createTime.seconds > 1_700_000_000)
        }
    }

    @Test("a token is made, shown without its secret, used, revoked and refused from then on")
    func tokenLife() async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("life")
            let admin = try await world.token(of: tenant, role: .admin)
            let made = try await world.http(
                "POST", "/v1/tenants/\(tenant)/tokens", token: admin,
                body: #"{"role":"admin","display_name":"ci"}"#)
            #expect(made.status == 200)
            let response = try AdminCreateTokenResponse(jsonString: made.body)
            let path = "/v1/\(response.token.name)"
            let shown = try await world.http("GET", path, token: response.secret)
            #expect(shown.status == 200)
            #expect(try AdminToken(jsonString: shown.body) == response.token)

            let revoked = try await world.http("POST", "\(path):revoke", token: admin)
            #expect(try AdminToken(jsonString: revoked.body).hasRevokeTime)
            #expect(try await world.http("GET", path, token: response.secret).status == 401)
            let again = try await world.http("POST", "\(path):revoke", token: admin)
            #expect(again == revoked)

            #expect(try await world.http("DELETE", path, token: admin).body == "{}")
            #expect(try await world.http("GET", path, token: admin).status == 404)
            #expect(!world.log.text.contains(response.secret))
            #expect(world.log.text.contains("token.created"))
        }
    }

    @Test("a tenant's token reaches what its databases say, and ids may hold any text")
    func databases() async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("a/b %é")
            let token = try await world.token(of: tenant, role: .admin)
            try await world.grpc(token: token) { connection in
                let parent = ResourceName("tenants", tenant).description
                let made = try await connection.databases.createDatabase(
                    .with {
                        $0.parent = parent
                        $0.databaseID = "prod"
                    })
                #expect(made.name == "\(parent)/databases/prod")
                let list = try await connection.databases.listDatabases(
                    .with { $0.parent = parent })
                #expect(list.databases == [made])
                _ = try await connection.databases.deleteDatabase(.with { $0.name = made.name })
                let empty = try await connection.databases.listDatabases(
                    .with { $0.parent = parent })
                #expect(empty.databases.isEmpty)
            }
            let encoded = tenant.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let answer = try await world.http("GET", "/v1/tenants/\(encoded)", token: token)
            #expect(answer.status == 200)
        }
    }

    @Test("pages of one item lead through the whole list, and a token of another list is refused")
    func pages() async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("pages")
            let names = ["one", "two", "three"]
            let restricted = try await world.token(of: tenant, role: .admin, databases: names)
            let admin = try await world.token(of: tenant, role: .admin)
            for token in [restricted, admin] {
                var seen: [String] = []
                var query = "page_size=1"
                repeat {
                    let answer = try await world.http(
                        "GET", "/v1/tenants/\(tenant)/databases?\(query)", token: token)
                    let page = try AdminListDatabasesResponse(jsonString: answer.body)
                    seen += page.databases.map(\.name)
                    query =
                        page.nextPageToken.isEmpty
                        ? "" : "page_size=1&page_token=\(page.nextPageToken)"
                    if !query.isEmpty {
                        let other = try await world.http(
                            "GET", "/v1/tenants/\(tenant)/tokens?\(query)", token: admin)
                        #expect(other.status == 400)
                    }
                } while !query.isEmpty
                #expect(seen == names.map { "tenants/\(tenant)/databases/\($0)" })
            }
        }
    }

    @Test("a token for some databases sees those and no other")
    func restricted() async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("some")
            let token = try await world.token(of: tenant, role: .admin, databases: ["mine"])
            _ = try await world.token(of: tenant, role: .admin, databases: ["theirs"])
            let list = try await world.http("GET", "/v1/tenants/\(tenant)/databases", token: token)
            #expect(try AdminListDatabasesResponse(jsonString: list.body).databases.count == 1)
            let path = "/v1/tenants/\(tenant)/databases"
            #expect(try await world.http("GET", "\(path)/mine", token: token).status == 200)
            #expect(try await world.http("GET", "\(path)/theirs", token: token).status == 404)
            for body in [#"{"role":"admin"}"#, #"{"role":"reader","databases":["theirs"]}"#] {
                let widened = try await world.http(
                    "POST", "/v1/tenants/\(tenant)/tokens", token: token, body: body)
                #expect(widened.status == 403)
            }
        }
    }

    @Test("a token whose databases were all deleted reaches none, and says so")
    func databasesDeleted() async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("none")
            let token = try await world.token(of: tenant, role: .admin, databases: ["mine"])
            let database = "/v1/tenants/\(tenant)/databases/mine"
            let deleted = try await world.http("DELETE", database, token: world.operatorToken)
            #expect(deleted.status == 200)
            _ = try await world.token(of: tenant, role: .admin, databases: ["mine"])
            #expect(try await world.http("GET", database, token: token).status == 404)
            let keyID = token.split(separator: "_")[1]
            let shown = try await world.http(
                "GET", "/v1/tenants/\(tenant)/tokens/\(keyID)", token: world.operatorToken)
            let record = try AdminToken(jsonString: shown.body)
            #expect(record.restricted && record.databases.isEmpty)
        }
    }

    @Test("only an operator makes an operator's token, and only without databases")
    func operatorTokens() async throws {
        try await AdminWorld.run { world in
            let admin = try await world.token(of: AdminWorld.fresh("ops"), role: .admin)
            let denied = try await world.http("POST", "/v1/tokens", token: admin, body: "{}")
            #expect(denied.status == 403)
            let made = try await world.http(
                "POST", "/v1/tokens", token: world.operatorToken, body: "{}")
            let response = try AdminCreateTokenResponse(jsonString: made.body)
            #expect(response.token.role == "operator")
            #expect(
                try await world.http("GET", "/v1/\(response.token.name)", token: admin).status
                    == 403)
            #expect(
                try await world.http("GET", "/v1/tokens?page_size=1", token: response.secret)
                    .status == 200)
        }
    }

    @Test("the health checks need no token; a method does")
    func health() async throws {
        try await AdminWorld.run { world in
            #expect(try await world.http("GET", "/livez", token: nil).status == 200)
            #expect(try await world.http("GET", "/readyz", token: nil).status == 200)
            for method in AdminMethod.all {
                for binding in method.bindings {
                    let path = binding.path.filling("x")
                    let answer = try await world.http(binding.method, path, token: nil)
                    #expect(answer.status == 401)
                }
            }
        }
    }
}

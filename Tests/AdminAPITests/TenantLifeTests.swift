import Access
import AdminClient
import ChromaModel
import SwiftProtobuf
import TesseraRPC
import Testing

@testable import AdminAPI

@Suite("The life of a tenant through the admin API")
struct TenantLifeTests {
    @Test("a tenant is changed by its mask and its etag, suspended, deleted and undeleted")
    func life() async throws {
        try await AdminWorld.run { world in
            let name = AdminWorld.fresh("life")
            let path = "/v1/tenants/\(name)"
            let made = try await world.tenant(
                "POST", "/v1/tenants",
                #"{"tenant_id":"\#(name)","display_name":"One","labels":{"env":"prod"}}"#)
            #expect(made.state == "active" && made.labels == ["env": "prod"])

            let patched = try await world.tenant(
                "PATCH", path,
                #"{"display_name":"Two","update_mask":"displayName","etag":"\#(made.etag)"}"#)
            #expect(patched.displayName == "Two" && patched.labels == made.labels)
            let stale = try await world.http(
                "PATCH", path, token: world.operatorToken,
                body: #"{"display_name":"Three","etag":"\#(made.etag)"}"#)
            #expect(stale.status == 409 && stale.body.contains("ABORTED"))
            let fixed = try await world.http(
                "PATCH", path, token: world.operatorToken, body: #"{"update_mask":"name"}"#)
            #expect(fixed.status == 400)

            #expect(
                try await world.http("POST", "\(path):suspend", token: world.operatorToken).status
                    == 400)
            let suspended = try await world.tenant(
                "POST", "\(path):suspend", #"{"reason":"late"}"#)
            #expect(suspended.state == "suspended" && suspended.suspendReason == "late")
            let deleted = try await world.tenant("DELETE", path)
            #expect(deleted.state == "deleted" && deleted.hasPurgeTime)
            #expect(
                deleted.purgeTime.seconds - deleted.deleteTime.seconds == 7 * 86_400)
            let listed = try await world.http(
                "GET", "/v1/tenants?show_deleted=true&filter=labels.env%3Dprod&page_size=1000",
                token: world.operatorToken)
            #expect(listed.body.contains(made.uid))
            let back = try await world.tenant(
                "POST", "\(path):undelete", #"{"uid":"\#(made.uid)"}"#)
            #expect(back.state == "suspended" && back.uid == made.uid)
            #expect(try await world.tenant("POST", "\(path):resume").state == "active")

            _ = try await world.tenant("DELETE", path)
            let purged = try await world.http(
                "POST", "\(path):purge", token: world.operatorToken)
            #expect(purged.body == "{}")
            for verb in ["purge", "undelete"] {
                let gone = try await world.http(
                    "POST", "\(path):\(verb)", token: world.operatorToken)
                #expect(gone.status == 404)
            }
        }
    }

    @Test("a create that is sent again makes nothing more and gets the first answer")
    func again() async throws {
        try await AdminWorld.run { world in
            let name = AdminWorld.fresh("again")
            let body =
                #"{"tenant_id":"\#(name)","labels":{"a":"1","b":"2","c":"3"},"#
                + #""request_id":"\#(Self.id)"}"#
            let first = try await world.tenant("POST", "/v1/tenants", body)
            for _ in 0..<3 {
                #expect(try await world.tenant("POST", "/v1/tenants", body) == first)
            }
            let other = try await world.http(
                "POST", "/v1/tenants", token: world.operatorToken,
                body: #"{"tenant_id":"\#(AdminWorld.fresh("no"))","request_id":"\#(Self.id)"}"#)
            #expect(other.status == 409 && other.body.contains("request_id was used"))
            let bad = try await world.http(
                "POST", "/v1/tenants", token: world.operatorToken,
                body: #"{"tenant_id":"\#(AdminWorld.fresh("no"))","request_id":"seven"}"#)
            #expect(bad.status == 400)
            // Without an id it is another request.
            let anew = try await world.http(
                "POST", "/v1/tenants", token: world.operatorToken,
                body: #"{"tenant_id":"\#(name)"}"#)
            #expect(anew.status == 409)
        }
    }

    @Test("many at once with one id make one token, whose secret is told once and stored nowhere")
    func tokenOnce() async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("once")
            let admin = try await world.token(of: tenant, role: .admin)
            let body = #"{"role":"reader","request_id":"\#(Self.id)"}"#
            let answers = try await withThrowingTaskGroup(of: AdminWorld.Answer.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await world.http(
                            "POST", "/v1/tenants/\(tenant)/tokens", token: admin, body: body)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let good = try answers.filter { $0.status == 200 }
                .map { try AdminCreateTokenResponse(jsonString: $0.body) }
            #expect(Set(good.map(\.token.name)).count == 1)
            #expect(good.filter { !$0.secret.isEmpty }.count == 1)
            #expect(answers.allSatisfy { [200, 409].contains($0.status) })
            let again = try await world.http(
                "POST", "/v1/tenants/\(tenant)/tokens", token: admin, body: body)
            #expect(try AdminCreateTokenResponse(jsonString: again.body).secret.isEmpty)
            let list = try await world.http(
                "GET", "/v1/tenants/\(tenant)/tokens", token: admin)
            #expect(try AdminListTokensResponse(jsonString: list.body).tokens.count == 2)
        }
    }

    @Test("every mutation and every refusal of a known caller is an event, and no read is")
    func audit() async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("audit")
            let admin = try await world.token(of: tenant, role: .admin)
            let path = "/v1/tenants/\(tenant)"
            let key = String(admin.split(separator: "_")[1])
            _ = try await world.http("GET", "\(path)/databases", token: admin)
            _ = try await world.http(
                "POST", "\(path)/databases", token: admin, body: #"{"database_id":"main"}"#)
            _ = try await world.http(
                "POST", "\(path)/databases", token: admin, body: #"{"database_id":"main"}"#)
            _ = try await world.http("DELETE", path, token: admin)
            _ = try await world.http("DELETE", path, token: "nobody")
            let answer = try await world.http(
                "GET", "/v1/auditEvents?tenant=tenants/\(tenant)", token: world.operatorToken)
            let events = try AdminListAuditEventsResponse(jsonString: answer.body).auditEvents
            #expect(
                events.map { "\($0.event) \($0.resource) \($0.result) \($0.actor)" } == [
                    "tenant.deleted tenants/\(tenant) permissionDenied \(key)",
                    "database.created tenants/\(tenant)/databases/main alreadyExists \(key)",
                    "database.created tenants/\(tenant)/databases/main ok \(key)",
                ])
            #expect(events.allSatisfy { $0.address == "127.0.0.1" })
            let verified = try await world.grpc(token: world.operatorToken) {
                try await $0.audit.verifyAuditEvents(.init())
            }
            #expect(verified.faults == [] && verified.number == verified.events)
        }
    }

    private static let id = "0b1ee1a6-6a0b-4ba5-9e5d-1b4f3a4c6d7e"
}

extension AdminWorld {
    /// An operator's call that answers with a tenant.
    fileprivate func tenant(_ method: String, _ path: String, _ body: String? = nil)
        async throws -> AdminTenant
    {
        let answer = try await http(method, path, token: operatorToken, body: body)
        return try AdminTenant(jsonString: answer.body)
    }
}

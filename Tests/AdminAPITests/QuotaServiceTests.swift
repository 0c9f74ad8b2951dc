import Access
import AdminClient
import ChromaModel
import SwiftProtobuf
import TesseraRPC
import Testing

@testable import AdminAPI

@Suite("Quotas in the admin API")
struct QuotaServiceTests {
    @Test("an operator overrides a limit, the tenant's admin sees it, and it is taken away again")
    func life() async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("quota")
            let restricted = try await world.token(
                of: tenant, role: .admin, databases: ["data"])
            let own = try await world.token(of: tenant, role: .admin)
            let path = "/v1/tenants/\(tenant)"
            let made = try await world.http(
                "POST", "\(path)/quotaOverrides", token: world.operatorToken,
                body: #"{"usage_type":"num_records","limit":"7","reason":"a trial"}"#)
            #expect(made.status == 200)
            let override = try AdminQuotaOverride(jsonString: made.body)
            #expect(override.name == "tenants/\(tenant)/quotaOverrides/num_records")
            #expect(override.approvedBy.count == 11)
            let ofDatabase = try await world.grpc(token: world.operatorToken) {
                try await $0.quotas.createQuotaOverride(
                    .with {
                        $0.parent = "tenants/\(tenant)/databases/data"
                        $0.usageType = "num_records"
                        $0.limit = 9
                        $0.reason = "a trial"
                    })
            }
            let data = "\(path)/databases/data"
            #expect("/v1/" + ofDatabase.name == "\(data)/quotaOverrides/num_records")

            let quotas = try await world.quotas(path, own)
            #expect(quotas.plan == "self-hosted")
            #expect(quotas.quotas.map(\.usageType) == UsageType.allCases.map(\.rawValue))
            #expect(quotas["num_records"]?.limit == 7)
            #expect(quotas["num_records"]?.source == "tenant_override")
            #expect(quotas["num_records"]?.hasUsed == false)
            #expect(quotas["num_databases"]?.used == 1)
            #expect(quotas["num_collections"]?.hasUsed == true)
            #expect(try await world.quotas(data, own)["num_records"]?.limit == 9)

            let list = try await world.http("GET", "\(path)/quotaOverrides", token: own)
            let listed = try AdminListQuotaOverridesResponse(jsonString: list.body)
            #expect(listed.quotaOverrides == [override, ofDatabase])

            let gone = try await world.http(
                "DELETE", "/v1/\(ofDatabase.name)", token: world.operatorToken)
            #expect(gone.body == "{}")
            #expect(try await world.quotas(data, own)["num_records"]?.limit == 7)
            let again = try await world.http(
                "DELETE", "/v1/\(ofDatabase.name)", token: world.operatorToken)
            #expect(again.status == 404)
            // A token for some databases doesn't look at the tenant around them.
            #expect(try await world.http("GET", "\(path)/quotas", token: restricted).status == 403)
        }
    }

    @Test("only an operator changes quotas and plans; what can't be is refused")
    func refusals() async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("quota")
            let own = try await world.token(of: tenant, role: .admin, databases: [])
            _ = try await world.token(of: tenant, role: .admin, databases: ["data"])
            let path = "/v1/tenants/\(tenant)"
            let good = #"{"usage_type":"num_records","limit":1,"reason":"r"}"#
            let cases: [(String, String, String, String, UInt)] = [
                ("POST", "/quotaOverrides", good, own, 403),
                ("DELETE", "/quotaOverrides/num_records", "", own, 403),
                ("POST", ":changePlan", #"{"plan":"chroma-cloud"}"#, own, 403),
                ("POST", ":changePlan", #"{"plan":"free"}"#, world.operatorToken, 400),
                ("POST", "/quotaOverrides", #"{"usage_type":"x"}"#, world.operatorToken, 400),
                (
                    "POST", "/quotaOverrides", #"{"usage_type":"num_records","limit":1}"#,
                    world.operatorToken, 400
                ),
                (
                    "POST", "/quotaOverrides",
                    #"{"usage_type":"num_records","limit":-1,"reason":"r"}"#,
                    world.operatorToken, 400
                ),
                (
                    "POST", "/databases/data/quotaOverrides",
                    #"{"usage_type":"num_collections","limit":1,"reason":"r"}"#,
                    world.operatorToken, 400
                ),
                ("POST", "/databases/none/quotaOverrides", good, world.operatorToken, 404),
            ]
            for (method, suffix, body, token, status) in cases {
                let answer = try await world.http(
                    method, path + suffix, token: token, body: body.isEmpty ? nil : body)
                #expect(answer.status == status, "\(method) \(suffix) \(body): \(answer.body)")
            }
        }
    }

    @Test("plans are listed with all their limits, and a tenant is put on one")
    func plans() async throws {
        try await AdminWorld.run { world in
            let tenant = AdminWorld.fresh("plan")
            let made = try await world.http(
                "POST", "/v1/tenants", token: world.operatorToken,
                body: #"{"tenant_id":"\#(tenant)","plan":"chroma-cloud"}"#)
            #expect(try AdminTenant(jsonString: made.body).plan == "chroma-cloud")
            let changed = try await world.http(
                "POST", "/v1/tenants/\(tenant):changePlan", token: world.operatorToken,
                body: #"{"plan":"self-hosted"}"#)
            #expect(try AdminTenant(jsonString: changed.body).plan == "self-hosted")
            #expect(world.log.text.contains("tenant.plan_changed"))
            let list = try await world.http("GET", "/v1/plans", token: world.operatorToken)
            let plans = try AdminListPlansResponse(jsonString: list.body).plans
            #expect(plans.map(\.id) == ["chroma-cloud", "self-hosted"])
            for plan in plans { #expect(plan.limits.count == UsageType.allCases.count) }
        }
    }
}

extension AdminWorld {
    fileprivate func quotas(_ path: String, _ token: String) async throws
        -> AdminGetQuotasResponse
    {
        try AdminGetQuotasResponse(
            jsonString: try await http("GET", "\(path)/quotas", token: token).body)
    }
}

extension AdminGetQuotasResponse {
    fileprivate subscript(usage: String) -> AdminQuota? {
        quotas.first { $0.usageType == usage }
    }
}

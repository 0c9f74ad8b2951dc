import Foundation
import SwiftProtobuf
import TesseraRPC
import Testing

@testable import AdminClient

@Suite("What a plan asks of the admin API")
struct ApplyRequestTests {
    private let tenant = AdminTenant.with {
        $0.name = "tenants/acme"
        $0.etag = "7"
        $0.displayName = "Acme"
        $0.labels = ["env": "prod"]
    }

    @Test("an update counts only for the tenant that it was planned for, and sets what differs")
    func update() {
        let labels = AdminUpdateTenantRequest(tenant, displayName: nil, labels: [:])
        #expect(labels.name == "tenants/acme" && labels.etag == "7")
        #expect(labels.updateMask.paths == ["labels"] && labels.labels.isEmpty)
        let name = AdminUpdateTenantRequest(tenant, displayName: "", labels: nil)
        #expect(name.etag == "7" && name.updateMask.paths == ["display_name"])
    }

    @Test("every create has a request id of its own")
    func requestIDs() {
        let declared = DeclaredTenant(name: "acme")
        let ids = [
            AdminCreateTenantRequest(declared).requestID,
            AdminCreateTenantRequest(declared).requestID,
            AdminCreateDatabaseRequest("main-db", in: "tenants/acme").requestID,
            AdminCreateDatabaseRequest("main-db", in: "tenants/acme").requestID,
        ]
        #expect(Set(ids.compactMap(UUID.init(uuidString:))).count == 4)
    }

    @Test("an override is asked for where it shall count")
    func override() {
        var override = DeclaredOverride(usageType: "num_results", limit: 5, reason: "demo")
        let whole = AdminCreateQuotaOverrideRequest(override, of: "tenants/acme")
        #expect(whole.parent == "tenants/acme" && !whole.hasExpireTime)
        override.database = "a/b"
        let one = AdminCreateQuotaOverrideRequest(override, of: "tenants/acme")
        #expect(one.parent == "tenants/acme/databases/a%2Fb")
        #expect(one.usageType == "num_results" && one.limit == 5 && one.reason == "demo")
    }
}

import FoundationEssentials
import SwiftProtobuf
import TesseraRPC

// What the steps of a plan ask for. Creates have a request id of their own, so that they can be
// sent again when an answer was lost.

extension AdminCreateTenantRequest {
    init(_ declared: DeclaredTenant) {
        self.init()
        tenantID = declared.name
        plan = declared.plan ?? ""
        displayName = declared.displayName ?? ""
        labels = declared.labels(insteadOf: [:]) ?? [:]
        requestID = UUID().uuidString.lowercased()
    }
}

extension AdminUpdateTenantRequest {
    /// Sets what isn't nil, if the tenant is still what it was then.
    init(_ tenant: AdminTenant, displayName: String?, labels: [String: String]?) {
        self.init()
        name = tenant.name
        etag = tenant.etag
        self.displayName = displayName ?? ""
        self.labels = labels ?? [:]
        if displayName != nil { updateMask.paths.append("display_name") }
        if labels != nil { updateMask.paths.append("labels") }
    }
}

extension AdminCreateDatabaseRequest {
    init(_ database: String, in tenant: String) {
        self.init()
        parent = tenant
        databaseID = database
        requestID = UUID().uuidString.lowercased()
    }
}

extension AdminCreateQuotaOverrideRequest {
    init(_ override: DeclaredOverride, of tenant: String) {
        self.init()
        parent = override.parent(below: tenant)
        usageType = override.usageType
        limit = override.limit
        reason = override.reason
        if let end = override.expireTime { expireTime = end }
    }
}

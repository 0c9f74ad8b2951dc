import Access
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC

extension AdminQuota {
    /// - Parameter used: nil where only single requests are limited.
    init(_ usage: UsageType, _ quotas: EffectiveQuotas, used: Int?) {
        self.init()
        usageType = usage.rawValue
        displayName = usage.displayName
        unit = usage.unit.rawValue
        limit = Int64(quotas[usage])
        source = quotas.source(of: usage).rawValue
        if let used { self.used = Int64(used) }
    }
}

extension AdminQuotaOverride {
    init(_ override: QuotaOverride, of tenant: TenantName) {
        self.init()
        let usage = override.usage.rawValue
        name =
            (override.databaseName.map {
                ResourceName(
                    "tenants", tenant.value, "databases", $0.value, "quotaOverrides", usage)
            } ?? ResourceName("tenants", tenant.value, "quotaOverrides", usage)).description
        usageType = usage
        limit = Int64(override.limit)
        reason = override.reason
        approvedBy = override.approvedBy
        etag = override.etag
        createTime = Google_Protobuf_Timestamp(unixMilliseconds: override.createdAtMilliseconds)
        if let expiry = override.expiresAtMilliseconds {
            expireTime = Google_Protobuf_Timestamp(unixMilliseconds: expiry)
        }
    }
}

extension AdminPlan {
    init(_ plan: Plan) {
        self.init()
        id = plan.rawValue
        summary = plan.summary
        limits = UsageType.allCases.map { usage in
            .with {
                $0.usageType = usage.rawValue
                $0.limit = Int64(plan.limit(of: usage))
            }
        }
    }
}

extension QuotaOverrideDraft {
    /// Throws `invalidArgument` for an unknown usage type or a time that is none.
    init(_ request: AdminCreateQuotaOverrideRequest, by principal: Principal)
        throws(ServiceError)
    {
        var expiry: UInt64?
        if request.hasExpireTime {
            guard let milliseconds = request.expireTime.unixMilliseconds else {
                throw .invalid("expire_time must be in the future and before the year 10000.")
            }
            expiry = milliseconds
        }
        self.init(
            usage: try UsageType.named(request.usageType), limit: Int(request.limit),
            expiresAtMilliseconds: expiry, reason: request.reason,
            approvedBy: principal.credential.description)
    }
}

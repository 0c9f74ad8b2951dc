import ChromaModel

/// What has a bucket: one limited use of one tenant.
package struct RateKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let tenant: TenantID
    package let usage: UsageType

    package init(tenant: TenantID, usage: UsageType) {
        self.tenant = tenant
        self.usage = usage
    }

    /// `tenant-uuid/usage_type`: the bucket's name in the table.
    package var description: String { "\(tenant)/\(usage.rawValue)" }

    /// The order in which buckets are locked, the same for every frontend.
    package static func < (one: Self, other: Self) -> Bool {
        (one.tenant.uuid.high, one.tenant.uuid.low, one.usage.rawValue)
            < (other.tenant.uuid.high, other.tenant.uuid.low, other.usage.rawValue)
    }
}

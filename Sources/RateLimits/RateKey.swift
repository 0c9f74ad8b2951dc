import ChromaModel

/// What has a bucket: one limited use of one tenant, or of one of its credentials.
package struct RateKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let tenant: TenantID
    package let usage: UsageType
    /// nil: of the tenant as a whole.
    package let credential: RateCredential?

    package init(tenant: TenantID, usage: UsageType, credential: RateCredential? = nil) {
        self.tenant = tenant
        self.usage = usage
        self.credential = credential
    }

    /// `tenant-uuid/usage_type`, and `/credential` where it is of one: the bucket's name in the
    /// table.
    package var description: String {
        "\(tenant)/\(usage.rawValue)" + (credential.map { "/\($0)" } ?? "")
    }

    /// The order in which buckets are locked, the same for every frontend.
    package static func < (one: Self, other: Self) -> Bool {
        let (left, right) = (one.tenant.uuid, other.tenant.uuid)
        if left != right { return (left.high, left.low) < (right.high, right.low) }
        guard one.usage == other.usage else { return one.usage.rawValue < other.usage.rawValue }
        return one.order < other.order
    }

    private var order: RateCredential { credential ?? RateCredential("") }
}

/// The public name of a credential whose rate is limited: a token's key id, or an issuer and a
/// digest of its subject.
package struct RateCredential: ByteText {
    package let value: String
    package init(_ value: String) { self.value = value }
}

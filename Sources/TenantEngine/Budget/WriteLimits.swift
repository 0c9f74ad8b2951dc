/// How much memory writes may take. The keys `engine.tail_bytes_max` and the like set it.
package struct WriteLimits: Sendable, Equatable {
    /// Bytes of one tenant's rows that are in no segment yet, and of its writes on their way there.
    package var tailBytesMaxPerTenant: Int
    /// The same of all tenants.
    package var tailBytesMax: Int
    /// Bytes of one tenant's writes that wait, for room or for the log.
    package var pendingBytesMaxPerTenant: Int
    /// The same of all tenants.
    package var pendingBytesMax: Int
    /// How long a write waits for room before it is refused.
    package var waitNanoseconds: UInt64

    package init(
        tailBytesMaxPerTenant: Int = 256 << 20, tailBytesMax: Int = 1 << 30,
        pendingBytesMaxPerTenant: Int = 128 << 20, pendingBytesMax: Int = 512 << 20,
        waitNanoseconds: UInt64 = 5_000_000_000
    ) {
        self.tailBytesMaxPerTenant = tailBytesMaxPerTenant
        self.tailBytesMax = tailBytesMax
        self.pendingBytesMaxPerTenant = pendingBytesMaxPerTenant
        self.pendingBytesMax = pendingBytesMax
        self.waitNanoseconds = waitNanoseconds
    }

    var tails: SharedBound { SharedBound(maxPerTenant: tailBytesMaxPerTenant, max: tailBytesMax) }

    var pending: SharedBound {
        SharedBound(maxPerTenant: pendingBytesMaxPerTenant, max: pendingBytesMax)
    }
}

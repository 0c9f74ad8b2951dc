import ChromaModel

/// Says which tenants have an engine do most; in one process it is `TenantEngineHost`.
package protocol LoadMeter: Sendable {
    /// Watches the engine for an interval, which is how long it takes. Throws `ServiceError` when
    /// the engine isn't reached, `CancellationError` when nobody waits any more.
    func measureLoad(_ query: LoadQuery) async throws -> LoadReport
}

/// What tenants are ranked by.
package enum LoadOrder: String, Sendable, CaseIterable {
    case cpu, reads, writes
    /// Bytes of rows that are not yet in segments.
    case tail
    /// Sealing, merging, and index builds.
    case compaction
}

/// How long to watch, and who is wanted.
package struct LoadQuery: Sendable, Hashable {
    package static let intervalMilliseconds = 100...10_000
    package static let limitMax = 100

    package let order: LoadOrder
    /// At most so many tenants.
    package let limit: Int
    package let intervalMilliseconds: Int

    /// - Parameters:
    ///   - limit: more than `limitMax` is that.
    /// - Throws: `invalidArgument` for an interval out of bounds or no tenants.
    package init(order: LoadOrder, limit: Int, intervalMilliseconds: Int) throws(ServiceError) {
        guard Self.intervalMilliseconds.contains(intervalMilliseconds) else {
            let bounds = Self.intervalMilliseconds
            throw .invalid(
                "interval_milliseconds is from \(bounds.lowerBound) to \(bounds.upperBound).")
        }
        guard limit > 0 else { throw .invalid("page_size must not be negative.") }
        self.order = order
        self.limit = min(limit, Self.limitMax)
        self.intervalMilliseconds = intervalMilliseconds
    }
}

/// What an engine was seen to do.
package struct LoadReport: Sendable, Hashable {
    /// How long it really was watched.
    package let nanoseconds: UInt64
    /// Tenants that are open.
    package let openTenants: Int
    /// Most first.
    package let tenants: [TenantLoad]

    package init(nanoseconds: UInt64, openTenants: Int, tenants: [TenantLoad]) {
        self.nanoseconds = nanoseconds
        self.openTenants = openTenants
        self.tenants = tenants
    }
}

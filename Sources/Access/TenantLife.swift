/// Where a tenant is in its life.
package enum TenantState: String, Sendable, CaseIterable {
    /// Served.
    case active
    /// Kept whole, but its tokens are refused until it is resumed.
    case suspended
    /// Out of everyone's reach, and kept until its purge time. Purged, it has no record at all.
    case deleted
}

/// What an operator says of a tenant, for people and for bills.
package struct TenantProfile: Sendable, Hashable {
    package var displayName: String
    /// Keys are ASCII, so the dictionary folds none into another.
    package var labels: [String: String]

    package init(displayName: String = "", labels: [String: String] = [:]) {
        self.displayName = displayName
        self.labels = labels
    }
}

/// Since when, and why, a tenant's tokens are refused. Times are Unix milliseconds.
package struct TenantSuspension: Sendable, Hashable {
    package let atMilliseconds: UInt64
    /// Shown to the tenant.
    package let reason: String

    package init(atMilliseconds: UInt64, reason: String) {
        self.atMilliseconds = atMilliseconds
        self.reason = reason
    }
}

/// When a tenant was deleted, and when it will be purged. Times are Unix milliseconds.
package struct TenantDeletion: Sendable, Hashable {
    package let atMilliseconds: UInt64
    /// nil: only when somebody says so.
    package let purgeAtMilliseconds: UInt64?

    package init(atMilliseconds: UInt64, purgeAtMilliseconds: UInt64?) {
        self.atMilliseconds = atMilliseconds
        self.purgeAtMilliseconds = purgeAtMilliseconds
    }
}

/// Until when, and why, a tenant's requests are refused: a budget with a hard stop is used up.
package struct TenantStop: Sendable, Hashable {
    /// Unix time: the end of the budget's month.
    package let untilMilliseconds: UInt64
    /// Shown to the tenant.
    package let reason: String

    package init(untilMilliseconds: UInt64, reason: String) {
        self.untilMilliseconds = untilMilliseconds
        self.reason = reason
    }
}

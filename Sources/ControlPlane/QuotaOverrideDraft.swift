import Access
import ChromaModel

/// What a new override is asked to be.
package struct QuotaOverrideDraft: Sendable {
    package var usage: UsageType
    package var limit: Int
    /// Unix time; nil means it does not expire.
    package var expiresAtMilliseconds: UInt64?
    package var reason: String
    /// The credential of who asks.
    package var approvedBy: String

    package init(
        usage: UsageType, limit: Int, expiresAtMilliseconds: UInt64? = nil, reason: String,
        approvedBy: String
    ) {
        self.usage = usage
        self.limit = limit
        self.expiresAtMilliseconds = expiresAtMilliseconds
        self.reason = reason
        self.approvedBy = approvedBy
    }

    func override(of database: DatabaseScope?, atMilliseconds now: UInt64) -> QuotaOverride {
        QuotaOverride(
            usage: usage, limit: limit, database: database?.database,
            databaseName: database?.databaseName, expiresAtMilliseconds: expiresAtMilliseconds,
            reason: reason, approvedBy: approvedBy, createdAtMilliseconds: now)
    }
}

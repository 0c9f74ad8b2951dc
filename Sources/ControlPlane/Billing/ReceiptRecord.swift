import Billing
import Postgres

/// What is known of a tenant's receipt without making it.
package struct ReceiptRecord: Sendable {
    package let period: BillingPeriod
    /// Whether the month is sealed; else its receipt is provisional.
    package let isFinal: Bool
    /// Unix time; nil until the month is sealed.
    package let sealedAtMilliseconds: UInt64?
    /// Unix time; nil until the final receipt is first fetched, and so made.
    package let issuedAtMilliseconds: UInt64?
    /// Of the final receipt; nil until it is made.
    package let sha256: [UInt8]?

    init(row: Row) throws {
        period = try BillingPeriod(row.text("period"))
        isFinal = try row.bool("is_sealed")
        sealedAtMilliseconds = try row.optionalMilliseconds("seal_time")
        issuedAtMilliseconds = try row.optionalMilliseconds("issue_time")
        sha256 = try row.optionalBytes("sha256")
    }
}

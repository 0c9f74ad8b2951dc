import Billing
import ChromaModel

/// A threshold of a budget that a tenant's usage has passed.
package struct Alert: Sendable, Hashable {
    package enum State: String, Sendable {
        case pending, delivered
        /// Given up.
        case dead
        /// There is no webhook.
        case kept
    }

    package let id: UniqueID
    package let budget: Budget
    package let period: BillingPeriod
    /// Percent.
    package let threshold: Int
    /// When it was raised, in the budget's units.
    package let used: Int128
    package let firedAtMilliseconds: UInt64
    package let state: State
    /// How often it was sent.
    package let attempts: Int
    /// What went wrong the last time; empty when nothing has.
    package let problem: String
}

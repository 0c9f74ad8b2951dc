import ChromaModel
import Usage

/// What one request used, before it is known which minute it counts into.
struct RequestUsage: Sendable {
    let tenant: TenantID
    /// Nil: not of one database.
    let database: DatabaseID?
    /// Nil: not of one collection.
    let collection: CollectionID?
    let credential: UsageCredential
    /// None is zero.
    let quantities: [MeterQuantity]

    func amount(in minute: UsageMinute) -> UsageAmount {
        UsageAmount(
            key: UsageKey(
                tenant: tenant, database: database, collection: collection,
                credential: credential, minute: minute),
            quantities: quantities)
    }
}

/// How much of something a tenant may hold, and all tenants together.
///
/// A tenant may hold `maxPerTenant`, but never more than is left for the others: so however many
/// tenants take all they can, a newcomer finds as much room as each of them has.
struct SharedBound: Sendable, Equatable {
    var maxPerTenant: Int
    var max: Int

    /// Whether `bytes` more fit.
    ///
    /// Something larger than a tenant's bound fits when the tenant holds nothing else: it can
    /// never be smaller, and would otherwise be refused for ever.
    ///
    /// - Parameters:
    ///   - tenant: what the tenant holds.
    ///   - all: what all tenants hold, this one among them.
    func hasRoom(for bytes: Int, tenant: Int, all: Int) -> Bool {
        if all == 0 { return true }
        let free = max - all
        return tenant == 0 ? bytes <= free : tenant + bytes <= Swift.min(maxPerTenant, free)
    }

    /// Whether the tenant holds half of what it may.
    func isNear(tenant: Int, all: Int) -> Bool {
        tenant > 0 && tenant >= Swift.min(maxPerTenant, max - all) / 2
    }

    /// Whether all together hold half of what they may.
    func isNear(all: Int) -> Bool { all >= max / 2 }
}

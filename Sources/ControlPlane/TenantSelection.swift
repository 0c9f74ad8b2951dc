import Access
import ChromaModel

/// Which tenants a list shows.
package struct TenantSelection: Sendable {
    /// Whether those are among them that are deleted and not purged.
    package var showsDeleted: Bool
    /// Labels that a tenant must have, all of them.
    package var labels: [String: String]

    package init(showsDeleted: Bool = false, labels: [String: String] = [:]) {
        self.showsDeleted = showsDeleted
        self.labels = labels
    }

    /// Reads a filter such as `labels.env=prod AND labels.team=search`; an empty one filters
    /// nothing. Throws `invalidArgument`.
    package init(filter: String, showsDeleted: Bool) throws(ServiceError) {
        self.init(showsDeleted: showsDeleted)
        guard !filter.isEmpty else { return }
        for term in filter.split(separator: " AND ", omittingEmptySubsequences: false) {
            let sides = term.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, sides[0].hasPrefix("labels.") else { throw Self.refusal }
            let key = String(sides[0].dropFirst("labels.".count))
            guard TenantProfile.isLabelKey(key),
                labels.updateValue(String(sides[1]), forKey: key) == nil
            else { throw Self.refusal }
        }
    }

    private static var refusal: ServiceError {
        .invalid("filter is written like: labels.env=prod AND labels.team=search")
    }
}

/// A deleted tenant: several may have had the same name.
package struct DeletedTenant: Sendable {
    package let name: TenantName
    /// Says which; nil when only one deleted tenant has the name.
    package let id: TenantID?

    package init(name: TenantName, id: TenantID?) {
        self.name = name
        self.id = id
    }
}

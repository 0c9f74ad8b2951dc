import Access
import Postgres

extension TokenRestrictions {
    /// Throws when the row says what this release doesn't know: less must never become more.
    init(_ row: Row) throws {
        let actions = try row.optionalTexts("actions")?.map { name in
            guard let action = Action(rawValue: name) else {
                throw RowError(column: "actions", problem: "has one that this release lacks")
            }
            return action
        }
        self.init(
            actions: actions.map(Set.init),
            collections: try row.optionalText("collections").map { CollectionPattern($0) },
            addresses: try row.texts("ip_allow").map { try AddressRange(parsing: $0) })
    }

    /// The actions' wire names, sorted; nil without a list.
    var actionNames: [String]? { actions?.map(\.rawValue).sorted() }
}

extension TokenSuccession {
    /// nil for a token that was not rotated.
    init?(_ row: Row) throws {
        guard let graceEnd = try row.optionalMilliseconds("grace_until") else { return nil }
        self.init(
            replacedBy: try row.optionalText("replaced_by").map { TokenKeyID($0) },
            graceEndsAtMilliseconds: graceEnd)
    }
}

import ChromaModel

/// What narrows a token beside its role and its databases.
package struct TokenRestrictions: Sendable, Hashable {
    /// Most ranges of addresses that one token may have.
    package static let addressRangesMax = 40

    /// Nothing narrows it.
    package static let none = TokenRestrictions()

    /// All that a token of role `custom` may do; nil for every other role.
    package var actions: Set<Action>?
    /// The collections it reaches; nil means all of its databases.
    package var collections: CollectionPattern?
    /// Where it may come from; empty means from anywhere.
    package var addresses: [AddressRange]

    package init(
        actions: Set<Action>? = nil, collections: CollectionPattern? = nil,
        addresses: [AddressRange] = []
    ) {
        self.actions = actions
        self.collections = collections
        self.addresses = addresses
    }
}

/// What a rotation made of a token: which one is to be used instead, and until when this one works.
package struct TokenSuccession: Sendable, Hashable {
    /// nil once the new one was deleted.
    package let replacedBy: TokenKeyID?
    /// Unix time in milliseconds.
    package let graceEndsAtMilliseconds: UInt64

    package init(replacedBy: TokenKeyID?, graceEndsAtMilliseconds: UInt64) {
        self.replacedBy = replacedBy
        self.graceEndsAtMilliseconds = graceEndsAtMilliseconds
    }
}

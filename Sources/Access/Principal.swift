import ChromaModel

/// Who is asking: what a verified credential says.
package struct Principal: Sendable, Hashable {
    package let credential: CredentialID
    package let role: Role
    /// The one tenant it belongs to; nil for an operator.
    package let tenant: TenantID?
    package let tenantName: TenantName?
    /// The databases it reaches; nil means all of its tenant.
    package let databases: [DatabaseName]?
    /// All that it may do when its role is `custom`.
    package let actions: Set<Action>?
    /// The collections it reaches; nil means all of its databases.
    package let collections: CollectionPattern?

    package init(
        credential: CredentialID, role: Role, tenant: TenantID?, tenantName: TenantName?,
        databases: [DatabaseName]?, actions: Set<Action>? = nil,
        collections: CollectionPattern? = nil
    ) {
        self.credential = credential
        self.role = role
        self.tenant = tenant
        self.tenantName = tenantName
        self.databases = databases
        self.actions = actions
        self.collections = collections
    }

    /// Whether it reaches less than its whole tenant. Such a one must not widen itself, so it
    /// touches neither tokens nor what lies around its own part.
    var isRestricted: Bool { databases != nil || collections != nil }

    /// Whether it may do that, before any look at whose resource it is.
    package func allows(_ action: Action) -> Bool {
        let isIncluded =
            role == .custom ? actions?.contains(action) ?? false : role.allows(action)
        return isIncluded && !excluded.contains(action)
    }

    /// Who reaches some databases neither makes others nor changes the tenant around them; who
    /// reaches some collections doesn't delete a database with all the others in it.
    private var excluded: Set<Action> {
        guard isRestricted else { return [] }
        return collections == nil ? Self.aroundDatabases : Self.aroundCollections
    }

    private static let aroundDatabases: Set<Action> = [.createDatabase, .updateTenant]
    private static let aroundCollections = aroundDatabases.union([.deleteDatabase])
}

/// What a token may do, as one word.
package enum Role: String, Sendable, CaseIterable {
    /// Runs the installation: tenants, databases, tokens of every tenant; no tenant's data.
    case `operator`
    /// Everything inside one tenant.
    case admin
    /// Reads and writes collections and records; no database or token management.
    case writer
    /// Reads.
    case reader
    /// What a list of actions says, which stands beside it (`TokenRestrictions.actions`).
    case custom

    /// Whether the role includes an action, before any look at whose resource it is.
    package func allows(_ action: Action) -> Bool {
        switch self {
        case .operator: Self.operatorActions.contains(action)
        case .admin: !Self.installationActions.contains(action)
        case .writer: Self.readActions.contains(action) || Self.writeActions.contains(action)
        case .reader: Self.readActions.contains(action)
        case .custom: false
        }
    }

    /// Not a tenant's to do.
    package static let installationActions: Set<Action> = [.reset, .createTenant]

    /// What every token of a tenant may, for without it no client starts (protocol §7.3).
    package static let startingActions: Set<Action> = [.getTenant, .getDatabase]

    private static let operatorActions: Set<Action> = [
        .reset, .createTenant, .getTenant, .updateTenant, .createDatabase, .getDatabase,
        .deleteDatabase, .listDatabases,
    ]

    private static let readActions: Set<Action> = [
        .getTenant, .getDatabase, .listDatabases, .listCollections, .countCollections,
        .getCollection, .getCollectionByCRN, .countForks, .get, .query, .search, .count,
    ]

    private static let writeActions: Set<Action> = [
        .createCollection, .updateCollection, .deleteCollection, .forkCollection, .add, .update,
        .upsert, .delete, .createAttachedFunction, .removeAttachedFunction,
    ]
}

/// Upstream's actions, the permission vocabulary (protocol §7.3). The raw value is the
/// serialised form.
package enum Action: String, Sendable, CaseIterable {
    case reset
    case createTenant = "create_tenant"
    case getTenant = "get_tenant"
    case updateTenant = "update_tenant"
    case createDatabase = "create_database"
    case getDatabase = "get_database"
    case deleteDatabase = "delete_database"
    case listDatabases = "list_databases"
    case listCollections = "list_collections"
    case countCollections = "count_collections"
    case createCollection = "create_collection"
    case getCollection = "get_collection"
    case getCollectionByCRN = "get_collection_by_crn"
    case updateCollection = "update_collection"
    case deleteCollection = "delete_collection"
    case forkCollection = "fork_collection"
    case countForks = "count_forks"
    case add, update, upsert, delete, get, query, search, count
    case createAttachedFunction = "create_attached_function"
    case removeAttachedFunction = "remove_attached_function"
}

import ChromaModel

/// What the data plane needs to know of tenants, databases and tokens.
///
/// In one process it is the control plane with its cache; split, it is fed by the config stream.
/// All calls throw `ServiceError`.
package protocol AccessDirectory: Sendable {
    /// The token with that key id, live or not; nil when there is none.
    func token(_ keyID: TokenKeyID) async throws -> TokenRecord?
    func tenant(named name: TenantName) async throws -> TenantRecord?
    func database(named name: DatabaseName, of tenant: TenantID) async throws -> DatabaseRecord?
}

/// What Chroma's own routes change about tenants and databases.
package protocol TenantDirectory: AccessDirectory {
    /// Throws `alreadyExists` when the name is taken, `invalidArgument` when it is too short.
    func createTenant(named name: TenantName) async throws -> TenantRecord
    func createDatabase(named name: DatabaseName, in scope: TenantScope) async throws
        -> DatabaseRecord
    /// The databases of the tenant in order of creation.
    func listDatabases(in scope: TenantScope, offset: Int, limit: Int?) async throws
        -> [DatabaseRecord]
    /// Deletes the database and every collection in it. Its name is free at once.
    func deleteDatabase(in scope: DatabaseScope) async throws
    /// Conformance mode only: back to what bootstrap made, all data gone.
    func resetToBootstrap() async throws
}

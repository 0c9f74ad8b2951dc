import ChromaModel

/// What the data plane needs to know of tenants, databases and tokens.
///
/// In one process it is the control plane with its cache; split, it is fed by the config stream.
/// All calls throw `ServiceError`.
package protocol AccessDirectory: Sendable {
    /// The token with that key id, live or not; nil when there is none.
    func token(_ keyID: TokenKeyID) async throws -> TokenRecord?
    /// The issuer whose tokens name it so in `iss`; nil when there is none.
    func issuer(at url: IssuerURL) async throws -> IssuerRecord?
    func tenant(named name: TenantName) async throws -> TenantRecord?
    func database(named name: DatabaseName, of tenant: TenantID) async throws -> DatabaseRecord?
    /// What the tenant and its databases have instead of their plan's limits, expired ones
    /// among them.
    func quotaOverrides(of tenant: TenantID) async throws -> [QuotaOverride]
}

extension ServiceError {
    /// Upstream's words for a resource name that is set already or another tenant's.
    package static func resourceNameRefused(cause: (any Error)?) -> ServiceError {
        ServiceError(.alreadyExists, "Failed to set resource name", cause: cause)
    }
}

/// What Chroma's own routes change about tenants and databases.
package protocol TenantDirectory: AccessDirectory {
    /// Throws `alreadyExists` when the name is taken, `invalidArgument` when it is too short.
    func createTenant(named name: TenantName) async throws -> TenantRecord
    /// Names the tenant for CRNs, once. Throws `alreadyExists` when it has a resource name or
    /// another tenant has this one, `notFound` when the tenant was deleted meanwhile.
    func setResourceName(_ name: TenantResourceName, in scope: TenantScope) async throws
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

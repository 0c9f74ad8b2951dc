import Access
import ChromaModel
import Platform
import Synchronization
import TenantEngine

/// Tenants, databases and tokens in memory, with the control plane's rules and messages.
package final class MemoryDirectory: TenantDirectory {
    private struct State {
        var tenants: [TenantRecord] = []
        var databases: [DatabaseRecord] = []
        var tokens: [TokenKeyID: TokenRecord] = [:]
        var issuers: [IssuerURL: IssuerRecord] = [:]
        var overrides: [TenantID: [QuotaOverride]] = [:]
        /// What `resetToBootstrap` goes back to.
        var bootstrap: ([TenantRecord], [DatabaseRecord])?
    }

    private let state = Mutex(State())
    private let engines: any EngineClient
    private let hasher: TokenHasher
    private let random: any RandomSource

    package init(engines: any EngineClient, peppers: Peppers, random: any RandomSource) {
        self.engines = engines
        hasher = TokenHasher(peppers: peppers)
        self.random = random
    }

    // MARK: What tests arrange

    /// Mints a token; its text is what a client presents.
    package func mintToken(
        role: Role, tenant: TenantRecord? = nil, databases: [DatabaseName]? = nil,
        expiresAtMilliseconds: UInt64? = nil, revokedAtMilliseconds: UInt64? = nil,
        restrictions: TokenRestrictions = .none
    ) -> String {
        let token = Token.mint(TokenKind(role: role), from: random)
        let (mac, version) = hasher.hash(token)
        let record = TokenRecord(
            keyID: token.keyID, tenant: tenant?.id, tenantName: tenant?.name, role: role,
            databases: databases, displayName: "test", createdAtMilliseconds: 0,
            expiresAtMilliseconds: expiresAtMilliseconds,
            revokedAtMilliseconds: revokedAtMilliseconds, restrictions: restrictions, mac: mac,
            pepperVersion: version)
        state.withLock { $0.tokens[token.keyID] = record }
        return token.text
    }

    /// Revokes a token that was minted here, by its text.
    package func revoke(_ text: String) {
        guard let keyID = Token.parse(text)?.keyID else { return }
        state.withLock { state in
            guard let old = state.tokens[keyID] else { return }
            state.tokens[keyID] = TokenRecord(
                keyID: keyID, tenant: old.tenant, tenantName: old.tenantName, role: old.role,
                databases: old.databases, displayName: old.displayName,
                createdAtMilliseconds: old.createdAtMilliseconds,
                expiresAtMilliseconds: old.expiresAtMilliseconds, revokedAtMilliseconds: 1,
                restrictions: old.restrictions,
                mac: old.mac, pepperVersion: old.pepperVersion)
        }
    }

    @discardableResult
    package func addDatabase(named name: DatabaseName, to tenant: TenantRecord) -> DatabaseRecord {
        let record = DatabaseRecord(
            tenant: tenant.id, tenantName: tenant.name, id: DatabaseID(newID()), name: name,
            createdAtMilliseconds: 0)
        state.withLock { $0.databases.append(record) }
        return record
    }

    /// Adds an issuer, or replaces the one of its URL.
    package func setIssuer(_ issuer: IssuerRecord) {
        state.withLock { $0.issuers[issuer.url] = issuer }
    }

    /// Puts a tenant on a plan.
    package func setPlan(_ plan: Plan, of tenant: TenantRecord) {
        state.withLock { state in
            guard let place = state.tenants.firstIndex(where: { $0.id == tenant.id }) else {
                return
            }
            let known = state.tenants[place]
            state.tenants[place] = TenantRecord(
                id: known.id, name: known.name, resourceName: known.resourceName, plan: plan,
                createdAtMilliseconds: known.createdAtMilliseconds)
        }
    }

    /// Gives a tenant, or one database of it, another limit than its plan's.
    package func setLimit(
        _ usage: UsageType, _ limit: Int, of tenant: TenantRecord, database: DatabaseID? = nil
    ) {
        let override = QuotaOverride(
            usage: usage, limit: limit, database: database, reason: "test", approvedBy: "test",
            createdAtMilliseconds: 0)
        state.withLock { state in
            state.overrides[tenant.id, default: []].removeAll {
                $0.usage == usage && $0.database == database
            }
            state.overrides[tenant.id, default: []].append(override)
        }
    }

    /// Remembers the present as what bootstrap made.
    package func markBootstrap() {
        state.withLock { $0.bootstrap = ($0.tenants, $0.databases) }
    }

    // MARK: AccessDirectory

    package func token(_ keyID: TokenKeyID) -> TokenRecord? {
        state.withLock { $0.tokens[keyID] }
    }

    package func issuer(at url: IssuerURL) -> IssuerRecord? {
        state.withLock { $0.issuers[url] }
    }

    package func tenant(named name: TenantName) -> TenantRecord? {
        state.withLock { $0.tenants.first { $0.name == name } }
    }

    package func database(named name: DatabaseName, of tenant: TenantID) -> DatabaseRecord? {
        state.withLock { $0.databases.first { $0.tenant == tenant && $0.name == name } }
    }

    package func quotaOverrides(of tenant: TenantID) -> [QuotaOverride] {
        state.withLock { $0.overrides[tenant] ?? [] }
    }

    // MARK: TenantDirectory

    @discardableResult
    package func createTenant(named name: TenantName) throws -> TenantRecord {
        guard name.value.count >= 3 else {
            throw ServiceError.invalid("Validation error: name: Validation error: length")
        }
        let record = TenantRecord(id: TenantID(newID()), name: name, createdAtMilliseconds: 0)
        return try state.withLock {
            guard !$0.tenants.contains(where: { $0.name == name }) else {
                throw ServiceError(.alreadyExists, "Tenant [\(name)] already exists")
            }
            $0.tenants.append(record)
            return record
        }
    }

    package func setResourceName(_ name: TenantResourceName, in scope: TenantScope) throws {
        try state.withLock { state in
            guard let place = state.tenants.firstIndex(where: { $0.id == scope.tenant }) else {
                throw ServiceError(.notFound, "Tenant [\(scope.tenantName)] not found")
            }
            let known = state.tenants[place]
            guard known.resourceName == nil,
                !state.tenants.contains(where: { $0.resourceName == name })
            else { throw ServiceError.resourceNameRefused(cause: nil) }
            state.tenants[place] = TenantRecord(
                id: known.id, name: known.name, resourceName: name, plan: known.plan,
                createdAtMilliseconds: known.createdAtMilliseconds)
        }
    }

    package func createDatabase(named name: DatabaseName, in scope: TenantScope) throws
        -> DatabaseRecord
    {
        guard name.value.utf8.count >= 3 else {
            throw ServiceError.invalid("Validation error: name: too short")
        }
        try scope.quotas.check(name: name, for: .createDatabase)
        guard database(named: name, of: scope.tenant) == nil else {
            throw ServiceError(.alreadyExists, "Database [\(name)] already exists")
        }
        let count = state.withLock { $0.databases.count { $0.tenant == scope.tenant } }
        try scope.quotas.check(.numDatabases, count + 1, for: .createDatabase)
        let tenant = TenantRecord(
            id: scope.tenant, name: scope.tenantName, createdAtMilliseconds: 0)
        return addDatabase(named: name, to: tenant)
    }

    package func listDatabases(in scope: TenantScope, offset: Int, limit: Int?)
        -> [DatabaseRecord]
    {
        let all = state.withLock { $0.databases.filter { $0.tenant == scope.tenant } }
        return Array(all.dropFirst(offset).prefix(limit ?? .max))
    }

    package func deleteDatabase(in scope: DatabaseScope) async throws {
        state.withLock { $0.databases.removeAll { $0.id == scope.database } }
        try await engines.deleteAllCollections(in: scope)
    }

    package func resetToBootstrap() async throws {
        state.withLock { state in
            guard let (tenants, databases) = state.bootstrap else { return }
            (state.tenants, state.databases) = (tenants, databases)
        }
        try await engines.removeEverything()
    }

    private func newID() -> UniqueID { UniqueID(version4From: random.pair()) }
}

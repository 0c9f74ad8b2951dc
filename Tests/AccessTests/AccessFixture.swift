import ChromaModel
import Platform
import TestSupport

@testable import Access

/// A directory with two tenants that counts the look-ups it is asked for.
actor AccessFixture: AccessDirectory {
    static let acme = TenantRecord(
        id: TenantID(UniqueID(high: 1, low: 1)), name: TenantName("acme"),
        createdAtMilliseconds: 0)
    static let rival = TenantRecord(
        id: TenantID(UniqueID(high: 2, low: 2)), name: TenantName("rival"),
        createdAtMilliseconds: 0)

    nonisolated let peppers: Peppers
    private(set) var lookups = 0
    private var tokens: [TokenKeyID: TokenRecord] = [:]
    private var tenants = [acme, rival]
    private let random = SeededRandom(seed: 3)
    private var issuers: [IssuerURL: IssuerRecord] = [:]

    init() throws {
        peppers = try Peppers([Pepper(version: 1, key: Array(repeating: 5, count: 32))])
    }

    func mint(
        _ role: Role, of tenant: TenantRecord? = nil, kind: TokenKind? = nil,
        databases: [DatabaseName]? = nil, expires: UInt64? = nil, revoked: UInt64? = nil,
        restrictions: TokenRestrictions = .none, succession: TokenSuccession? = nil
    ) -> Token {
        let token = Token.mint(kind ?? TokenKind(role: role), from: random)
        let hash = TokenHasher(peppers: peppers).hash(token)
        tokens[token.keyID] = TokenRecord(
            keyID: token.keyID, tenant: tenant?.id, tenantName: tenant?.name, role: role,
            databases: databases, displayName: "", createdAtMilliseconds: 0,
            expiresAtMilliseconds: expires, revokedAtMilliseconds: revoked,
            restrictions: restrictions, succession: succession, mac: hash.mac,
            pepperVersion: hash.pepperVersion)
        return token
    }

    func remove(_ tenant: TenantRecord) { tenants.removeAll { $0.id == tenant.id } }
    func add(_ tenant: TenantRecord) { tenants.append(tenant) }

    /// Adds an issuer, or replaces the one of its URL.
    func set(_ issuer: IssuerRecord) { issuers[issuer.url] = issuer }
    func remove(issuerAt url: IssuerURL) { issuers[url] = nil }

    func issuer(at url: IssuerURL) -> IssuerRecord? {
        lookups += 1
        return issuers[url]
    }

    func token(_ keyID: TokenKeyID) -> TokenRecord? {
        lookups += 1
        return tokens[keyID]
    }

    func tenant(named name: TenantName) -> TenantRecord? {
        lookups += 1
        return tenants.first { $0.name == name }
    }

    func quotaOverrides(of tenant: TenantID) -> [QuotaOverride] { [] }

    /// Every tenant has the databases "one" and "two".
    func database(named name: DatabaseName, of tenant: TenantID) -> DatabaseRecord? {
        lookups += 1
        guard ["one", "two"].contains(name.value),
            let owner = tenants.first(where: { $0.id == tenant })
        else { return nil }
        return DatabaseRecord(
            tenant: tenant, tenantName: owner.name, id: DatabaseID(UniqueID(high: 9, low: 9)),
            name: name, createdAtMilliseconds: 0)
    }
}

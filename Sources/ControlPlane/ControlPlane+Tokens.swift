import Access
import ChromaModel
import Directory
import Platform
import Postgres

extension ControlPlane {
    package func token(_ keyID: TokenKeyID) async throws -> TokenRecord? {
        try await known(keyID, in: .tokens) {
            try await translatingErrors { try await TokenStore.find(keyID, in: pool) }
        }
    }

    /// Mints a token. Throws `invalidArgument` for a draft that makes no sense and `notFound`
    /// when the tenant or a named database does not exist.
    package func createToken(_ draft: TokenDraft) async throws -> MintedToken {
        try draft.validate(atMilliseconds: time.unixMilliseconds())
        let minted = mint(draft)
        return try await commit { transaction in
            try await self.insert(minted, isBootstrap: false, in: transaction)
            return (minted, .tokenChanged(minted.record.keyID))
        }
    }

    /// The tokens of a tenant, or the operators' for nil, dead ones included, by key id.
    package func listTokens(of tenant: TenantID?, page: PageRequest) async throws
        -> Page<TokenRecord>
    {
        let list = PageToken.List.tokens(of: tenant)
        let after = try PageToken.position(in: page, of: list).map { TokenKeyID($0) }
        let records = try await translatingErrors {
            try await TokenStore.list(of: tenant, after: after, limit: page.size + 1, in: pool)
        }
        return .cut(records, page, of: list) { $0.keyID.value }
    }

    /// Revokes a token for good and returns its record. When it returns, this process and every
    /// frontend that hangs on it refuse the token; other control planes on the same database and
    /// their frontends do within `DirectoryCache.trustSeconds`, usually at once.
    ///
    /// - Parameter tenant: the token's owner, nil for an operator's; another's is `notFound`.
    @discardableResult
    package func revokeToken(_ keyID: TokenKeyID, of tenant: TenantID?) async throws
        -> TokenRecord
    {
        let now = time.unixMilliseconds()
        return try await commitEverywhere { transaction in
            guard
                try await TokenStore.revoke(
                    keyID, of: tenant, atMilliseconds: now, in: transaction),
                let record = try await TokenStore.find(keyID, in: transaction)
            else { throw Self.noToken(keyID) }
            return (record, .tokenChanged(keyID))
        }
    }

    /// Removes a token without trace. It is refused at once, as a revoked one is.
    ///
    /// - Parameter tenant: the token's owner, nil for an operator's; another's is `notFound`.
    package func deleteToken(_ keyID: TokenKeyID, of tenant: TenantID?) async throws {
        try await commitEverywhere { transaction in
            guard try await TokenStore.delete(keyID, of: tenant, in: transaction) else {
                throw Self.noToken(keyID)
            }
            return ((), .tokenChanged(keyID))
        }
    }

    static func noToken(_ keyID: TokenKeyID) -> ServiceError {
        ServiceError(.notFound, "Token [\(keyID)] not found")
    }
}

extension ControlPlane {
    /// A fresh token with its record, not yet stored.
    func mint(_ draft: TokenDraft) -> MintedToken {
        let token = Token.mint(TokenKind(role: draft.role), from: random)
        let hash = hasher.hash(token)
        let record = TokenRecord(
            keyID: token.keyID, tenant: draft.tenant, tenantName: draft.tenantName,
            role: draft.role, databases: draft.databases, displayName: draft.displayName,
            createdAtMilliseconds: time.unixMilliseconds(),
            expiresAtMilliseconds: draft.expiresAtMilliseconds, revokedAtMilliseconds: nil,
            restrictions: draft.restrictions.withStartingActions, creator: draft.creator,
            mac: hash.mac, pepperVersion: hash.pepperVersion)
        return MintedToken(record: record, secretText: token.text)
    }

    /// Stores a minted token; its tenant and databases must be alive.
    func insert(
        _ minted: MintedToken, isBootstrap: Bool, in transaction: PostgresTransaction
    ) async throws {
        let record = minted.record
        var databases: [DatabaseID]?
        if let tenant = record.tenant, let name = record.tenantName {
            guard try await TenantStore.lockLive(tenant, in: transaction) else {
                throw Self.noTenant(name)
            }
            databases = try await databaseIDs(record.databases, of: tenant, in: transaction)
        }
        try await TokenStore.insert(
            record, principal: ids.next(), databases: databases,
            isBootstrap: isBootstrap, in: transaction)
    }

    private func databaseIDs(
        _ names: [DatabaseName]?, of tenant: TenantID, in transaction: PostgresTransaction
    ) async throws -> [DatabaseID]? {
        guard let names else { return nil }
        var databases: [DatabaseID] = []
        for name in Set(names) {
            guard
                let record = try await DatabaseStore.find(name, of: tenant, in: transaction)
            else { throw ServiceError(.notFound, "Database [\(name)] not found") }
            databases.append(record.id)
        }
        return databases
    }
}

extension TokenRestrictions {
    /// With a custom list, the actions too that no client starts without.
    fileprivate var withStartingActions: TokenRestrictions {
        var whole = self
        whole.actions?.formUnion(Role.startingActions)
        return whole
    }
}

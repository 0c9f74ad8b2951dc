import Access
import ChromaModel
import Directory
import Logging
import Platform
import Postgres
import TenantEngine

extension ControlPlane {
    /// Makes the first tenant, database and tokens and writes them to a file.
    ///
    /// Does nothing, and returns nil, when the file is there. When it is not but an earlier start
    /// got as far as the database, or when the file was removed, new tokens are minted and the
    /// earlier bootstrap tokens are revoked: their secrets are nowhere any more. Beside another
    /// server on the same database, which has them, nothing is made.
    @discardableResult
    package func bootstrap(file path: String, fileSystem: any FileSystem) async throws
        -> BootstrapCredentials?
    {
        if try translatingFileErrors({ try fileSystem.exists(path) }) { return nil }
        let made = try await commit { transaction in
            (try await self.makeBootstrapRows(in: transaction), .reset)
        }
        guard let credentials = made else {
            logger.notice("the first tokens are in bootstrap.json of another server's directory")
            return nil
        }
        try translatingFileErrors { try credentials.write(to: path, fileSystem) }
        return credentials
    }

    /// Back to what bootstrap made: its tenant, its database and its two tokens; all other rows
    /// and all data are gone. Throws `failedPrecondition` when a bootstrap token was deleted.
    package func resetToBootstrap() async throws {
        try await AdminCall.audited("", of: nil) { try await removeAllButBootstrap() }
        try await engines.removeEverything()
    }

    private func removeAllButBootstrap() async throws {
        try await commitEverywhere { transaction in
            try await BootstrapStore.lockEverything(in: transaction)
            guard let tenant = try await BootstrapStore.tenant(in: transaction) else {
                throw ServiceError(
                    .failedPrecondition,
                    "A bootstrap token was deleted; remove bootstrap.json and start again.")
            }
            try await BootstrapStore.removeEverything(but: tenant, in: transaction)
            try await self.ensureDatabase(of: tenant, in: transaction)
            return ((), .reset)
        }
    }
}

extension ControlPlane {
    private func makeBootstrapRows(in transaction: PostgresTransaction) async throws
        -> BootstrapCredentials?
    {
        try await BootstrapStore.lockEverything(in: transaction)
        if try await NodeStore.hasOthers(than: membership.node, in: transaction),
            try await BootstrapStore.tenant(in: transaction) != nil
        {
            return nil
        }
        try await BootstrapStore.retireTokens(
            atMilliseconds: time.unixMilliseconds(), in: transaction)
        let tenant = try await ensureTenant(in: transaction)
        try await ensureDatabase(of: tenant, in: transaction)
        let admin = mint(TokenDraft(bootstrapOf: nil))
        let token = mint(TokenDraft(bootstrapOf: tenant))
        for minted in [admin, token] {
            try await insert(minted, isBootstrap: true, in: transaction)
        }
        return BootstrapCredentials(adminToken: admin.secretText, token: token.secretText)
    }

    private func ensureTenant(in transaction: PostgresTransaction) async throws -> TenantRecord {
        let name = BootstrapCredentials.tenantName
        if let found = try await TenantStore.find(name, in: transaction) { return found }
        let record = TenantRecord(
            id: TenantID(ids.next()), name: name, plan: .selfHosted,
            createdAtMilliseconds: time.unixMilliseconds())
        try await TenantStore.insert(record, in: transaction)
        return record
    }

    private func ensureDatabase(of tenant: TenantRecord, in transaction: PostgresTransaction)
        async throws
    {
        let name = BootstrapCredentials.databaseName
        guard try await DatabaseStore.find(name, of: tenant.id, in: transaction) == nil else {
            return
        }
        let record = DatabaseRecord(
            tenant: tenant.id, tenantName: tenant.name, id: DatabaseID(ids.next()), name: name,
            createdAtMilliseconds: time.unixMilliseconds())
        try await DatabaseStore.insert(record, in: transaction)
    }

    private func translatingFileErrors<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw ServiceError(
                .internalError, "bootstrap.json cannot be written; check the data directory.",
                cause: error)
        }
    }
}

import Access
import ChromaModel
import Directory
import Platform
import Postgres

extension ControlPlane {
    /// Most entries of an issuer's deny-list. Past it, deny a subject or everyone instead.
    package static let denialsMax = 10_000

    /// Refuses tokens of an issuer from now on. When it returns, this process refuses them; others
    /// do within `DirectoryCache.trustSeconds`, usually at once. What is denied already is denied
    /// by the new rule.
    ///
    /// Throws `notFound`, `invalidArgument`, or `resourceExhausted` when the list is full.
    package func deny(_ rule: DenialRule, of issuer: IssuerID) async throws -> DenialRecord {
        try rule.validate()
        let now = time.unixMilliseconds()
        let (draft, expiry) = (ids.next(), rule.expiry(atMilliseconds: now))
        return try await commitEverywhere { transaction in
            let url = try await self.touch(issuer, in: transaction)
            try await DenialStore.deleteExpired(of: issuer, atMilliseconds: now, in: transaction)
            func record(_ id: UniqueID) -> DenialRecord {
                DenialRecord(
                    id: id, issuer: issuer, rule: rule, createdAtMilliseconds: now,
                    expiresAtMilliseconds: expiry)
            }
            let id = try await DenialStore.upsert(record(draft), in: transaction)
            guard try await DenialStore.count(of: issuer, in: transaction) <= Self.denialsMax
            else {
                throw ServiceError(
                    .resourceExhausted,
                    "The deny-list is full with \(Self.denialsMax) entries; deny a subject's or"
                        + " everyone's tokens issued before now instead.")
            }
            return (record(id ?? draft), .issuerChanged(url))
        }
    }

    /// What is denied of an issuer, in order of creation. Throws `notFound`.
    package func listDenials(of issuer: IssuerID, page: PageRequest) async throws
        -> Page<DenialRecord>
    {
        _ = try await self.issuer(issuer)
        let list = PageToken.List.denials(of: issuer)
        let after = try PageToken.idPosition(in: page, of: list)
        let records = try await translatingErrors {
            try await DenialStore.list(
                of: issuer, after: after, limit: page.size + 1, in: pool)
        }
        return .cut(records, page, of: list) { $0.id.description }
    }

    /// Takes the tokens again that a denial refused. Throws `notFound`.
    package func removeDenial(_ id: UniqueID, of issuer: IssuerID) async throws {
        try await commit { transaction in
            let url = try await self.touch(issuer, in: transaction)
            guard try await DenialStore.delete(id, of: issuer, in: transaction) else {
                throw ServiceError(.notFound, "Denial [\(id)] not found")
            }
            return ((), .issuerChanged(url))
        }
    }

    private func touch(_ issuer: IssuerID, in transaction: PostgresTransaction) async throws
        -> IssuerURL
    {
        guard let url = try await IssuerStore.touch(issuer, in: transaction) else {
            throw Self.noIssuer(issuer)
        }
        return url
    }
}

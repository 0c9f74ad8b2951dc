import Access
import ChromaModel
import Directory
import Platform
import Postgres

extension ControlPlane {
    package func issuer(at url: IssuerURL) async throws -> IssuerRecord? {
        try await known(url, in: .issuers) {
            try await translatingErrors { try await IssuerStore.find(url, in: pool) }
        }
    }

    /// The issuer of that id, with its denials, as it is now. Throws `notFound`.
    package func issuer(_ id: IssuerID) async throws -> IssuerRecord {
        let record = try await translatingErrors { try await IssuerStore.find(id, in: pool) }
        guard let record else { throw Self.noIssuer(id) }
        return record
    }

    /// Takes an issuer's tokens from now on. Throws `invalidArgument` for a draft that makes no
    /// sense and `alreadyExists` when its id or its URL is taken.
    package func createIssuer(_ draft: IssuerDraft) async throws -> IssuerRecord {
        try draft.validate(allowsInsecureURLs: allowsInsecureIssuers)
        let record = draft.record(uid: ids.next(), atMilliseconds: time.unixMilliseconds())
        do {
            return try await commit { transaction in
                try await IssuerStore.insert(record, in: transaction)
                return (record, .issuerChanged(record.url))
            }
        } catch let error as ServiceError where error.code == .alreadyExists {
            throw ServiceError(
                .alreadyExists, "Issuer [\(record.id)] or another of its URL already exists",
                cause: error.cause)
        }
    }

    /// Sets everything of an issuer but its id and its URL; its denials stay. Throws
    /// `invalidArgument` for a draft that makes no sense or has another URL, `notFound`, and
    /// `aborted` when it is not at that revision.
    package func replaceIssuer(_ draft: IssuerDraft, ifRevision revision: Int64? = nil)
        async throws -> IssuerRecord
    {
        try draft.validate(allowsInsecureURLs: allowsInsecureIssuers)
        return try await commitEverywhere { transaction in
            guard let known = try await IssuerStore.find(draft.id, in: transaction) else {
                throw Self.noIssuer(draft.id)
            }
            try Self.check(revision, known)
            guard known.url == draft.url else {
                throw ServiceError.invalid("An issuer's url stays; make another issuer instead.")
            }
            let record = draft.record(
                uid: known.uid, atMilliseconds: known.createdAtMilliseconds)
            guard try await IssuerStore.replace(record, in: transaction),
                let replaced = try await IssuerStore.find(draft.id, in: transaction)
            else { throw Self.noIssuer(draft.id) }
            return (replaced, .issuerChanged(replaced.url))
        }
    }

    /// The issuers by id.
    package func listIssuers(_ page: PageRequest) async throws -> Page<IssuerRecord> {
        let after = try PageToken.position(in: page, of: .issuers).map { IssuerID($0) }
        let records = try await translatingErrors {
            try await IssuerStore.list(after: after, limit: page.size + 1, in: pool)
        }
        return .cut(records, page, of: .issuers) { $0.id.value }
    }

    /// Takes an issuer's tokens no more, and forgets its denials. When it returns, this process
    /// refuses them; others do within `DirectoryCache.trustSeconds`, usually at once. Throws
    /// `notFound`, and `aborted` when it is not at that revision.
    package func deleteIssuer(_ id: IssuerID, ifRevision revision: Int64? = nil) async throws {
        try await commitEverywhere { transaction in
            if let known = try await IssuerStore.find(id, in: transaction) {
                try Self.check(revision, known)
            }
            guard let url = try await IssuerStore.delete(id, in: transaction) else {
                throw Self.noIssuer(id)
            }
            return ((), .issuerChanged(url))
        }
    }

    private static func check(_ revision: Int64?, _ issuer: IssuerRecord) throws(ServiceError) {
        try Revision.check(revision, Int64(clamping: issuer.revision))
    }

    static func noIssuer(_ id: IssuerID) -> ServiceError {
        ServiceError(.notFound, "Issuer [\(id)] not found")
    }
}

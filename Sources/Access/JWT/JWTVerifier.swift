import ChromaModel
import Crypto
import Logging
import Platform

/// Answers "who is asking?" from a JSON Web Token: form, issuer, algorithm, signature, claims,
/// denials, mapping, in this order.
package struct JWTVerifier: Sendable {
    private let directory: any AccessDirectory
    private let keys: IssuerKeys
    private let time: any TimeSource
    private let signatures = SignatureVerifier()
    private let verified = VerifiedTokenCache()

    package init(
        directory: any AccessDirectory, documents: any KeyDocuments, time: any TimeSource,
        logger: Logger
    ) {
        self.directory = directory
        keys = IssuerKeys(documents: documents, time: time, logger: logger)
        self.time = time
    }

    /// The principal of a token.
    ///
    /// Throws an `AuthenticationRefusal`, or a `ServiceError` when that cannot be found out.
    func principal(of text: String) async throws -> Principal {
        guard text.utf8.count <= JSONWebToken.bytesMax else { throw AuthenticationRefusal.tooLong }
        let digest = SHA256.hash(data: Array(text.utf8))
        if let entry = verified.find(digest) {
            if try await stands(entry) { return try await principal(entry) }
            verified.remove(digest)
        }
        let entry = try await verify(text)
        verified.insert(entry, for: digest)
        return try await principal(entry)
    }

    /// Whether all that an entry was verified by is still so.
    private func stands(_ entry: VerifiedTokenCache.Entry) async throws -> Bool {
        guard time.unixMilliseconds() < entry.expiresAtMilliseconds,
            let issuer = try await directory.issuer(at: entry.issuer)
        else { return false }
        return issuer.uid == entry.issuerUID && issuer.revision == entry.issuerRevision
            && keys.generation(of: issuer) == entry.keyGeneration
    }

    /// The tenant is looked up each time: it may be deleted, or made, while a token lives.
    private func principal(_ entry: VerifiedTokenCache.Entry) async throws -> Principal {
        let identity = entry.identity
        guard let name = identity.tenant else {
            return Principal(
                credential: entry.credential, role: identity.role, tenant: nil, tenantName: nil,
                databases: nil)
        }
        guard let tenant = try await directory.tenant(named: name) else {
            throw AuthenticationRefusal.noTenant
        }
        return Principal(
            credential: entry.credential, role: identity.role, tenant: tenant.id,
            tenantName: tenant.name, databases: identity.databases)
    }

    private func verify(_ text: String) async throws -> VerifiedTokenCache.Entry {
        let token = try JSONWebToken(parsing: text)
        guard let issuer = try await directory.issuer(at: token.claims.issuer) else {
            throw AuthenticationRefusal.unknownIssuer
        }
        guard issuer.algorithms.contains(token.header.algorithm) else {
            throw AuthenticationRefusal.algorithm
        }
        // What needs no signature comes first: an expired token costs nothing.
        try issuer.check(token.claims, atMilliseconds: time.unixMilliseconds())
        guard
            let (candidates, generation) = try await keys.candidates(
                for: token.header, of: issuer), !candidates.isEmpty
        else { throw AuthenticationRefusal.unknownKey }
        try await signatures.verify(token, with: candidates)
        return VerifiedTokenCache.Entry(
            identity: try MappedIdentity(token.claims, by: issuer.mapping),
            credential: .jsonWebToken(
                issuer: issuer.id,
                subject: SubjectDigest(of: token.claims.subject.value, issuer: issuer.id)),
            issuer: issuer.url, issuerUID: issuer.uid, issuerRevision: issuer.revision,
            keyGeneration: generation,
            expiresAtMilliseconds: token.claims.expiresAtMilliseconds)
    }
}

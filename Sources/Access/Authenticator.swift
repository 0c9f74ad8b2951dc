import ChromaModel
import Platform

/// Answers "who is asking?" from the credential of a request.
package struct Authenticator: Sendable {
    private let directory: any AccessDirectory
    private let hasher: TokenHasher
    private let time: any TimeSource
    private let webTokens: JWTVerifier?

    /// - Parameter webTokens: verifies identity providers' tokens; nil refuses them.
    package init(
        directory: any AccessDirectory, peppers: Peppers, time: any TimeSource,
        webTokens: JWTVerifier? = nil
    ) {
        self.directory = directory
        hasher = TokenHasher(peppers: peppers)
        self.time = time
        self.webTokens = webTokens
    }

    /// The principal of a token, ours or an identity provider's, as the client presented it
    /// without any scheme word.
    ///
    /// Throws `unauthenticated`, with an `AuthenticationRefusal` as its cause, unless the token
    /// is known, whole, unexpired and not revoked; `unavailable` when that cannot be found out.
    package func authenticate(presented: String?) async throws -> Principal {
        guard let presented else { throw AuthenticationRefusal.missing.serviceError }
        do {
            if let token = Token.parse(presented) { return try await principal(of: token) }
            if let webTokens, JSONWebToken.isLikely(presented) {
                return try await webTokens.principal(of: presented)
            }
        } catch let refusal as AuthenticationRefusal {
            throw refusal.serviceError
        }
        let sentNone = presented.isByteEqual(to: "None")
        throw (sentNone ? AuthenticationRefusal.sentNone : .malformed).serviceError
    }

    private func principal(of token: Token) async throws -> Principal {
        let record = try await directory.token(token.keyID)
        if let refusal = refusal(of: token, record) { throw refusal }
        guard let record else { throw AuthenticationRefusal.unknown }
        return Principal(record)
    }

    /// The secret is judged first: only a holder of the token learns anything else by timing.
    private func refusal(of token: Token, _ record: TokenRecord?) -> AuthenticationRefusal? {
        let verified = hasher.verify(token, against: record)
        guard let record else { return .unknown }
        guard verified else { return .wrongSecret }
        guard token.kind == TokenKind(role: record.role) else { return .wrongKind }
        if record.revokedAtMilliseconds != nil { return .revoked }
        if let expiry = record.expiresAtMilliseconds, expiry <= time.unixMilliseconds() {
            return .expired
        }
        return nil
    }
}

extension Principal {
    /// What a token's record says of its bearer, once the secret is verified.
    init(_ record: TokenRecord) {
        self.init(
            credential: .token(record.keyID), role: record.role, tenant: record.tenant,
            tenantName: record.tenantName, databases: record.databases)
    }
}

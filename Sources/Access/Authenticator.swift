import ChromaModel
import Platform

/// Answers "who is asking?" from the credential of a request.
package struct Authenticator: Sendable {
    private let directory: any AccessDirectory
    private let peppers: @Sendable () throws -> Peppers
    private let time: any TimeSource
    private let webTokens: JWTVerifier?
    private let uses: (any TokenUses)?

    /// - Parameters:
    ///   - peppersFrom: asked for each token: they may come, and change, while this serves.
    ///   - webTokens: verifies identity providers' tokens; nil refuses them.
    ///   - uses: is told of every token that is let in; nil when nobody wants to know.
    package init(
        directory: any AccessDirectory,
        peppersFrom peppers: @escaping @Sendable () throws -> Peppers, time: any TimeSource,
        webTokens: JWTVerifier? = nil, uses: (any TokenUses)? = nil
    ) {
        self.directory = directory
        self.peppers = peppers
        self.time = time
        self.webTokens = webTokens
        self.uses = uses
    }

    /// As above, with peppers that stay.
    package init(
        directory: any AccessDirectory, peppers: Peppers, time: any TimeSource,
        webTokens: JWTVerifier? = nil, uses: (any TokenUses)? = nil
    ) {
        self.init(
            directory: directory, peppersFrom: { peppers }, time: time, webTokens: webTokens,
            uses: uses)
    }

    /// The principal of a token, ours or an identity provider's, as the client presented it
    /// without any scheme word.
    ///
    /// Throws `unauthenticated`, with an `AuthenticationRefusal` as its cause, unless the token
    /// is known, whole, unexpired, not revoked and may come from there; `unavailable` when that
    /// cannot be found out.
    ///
    /// - Parameter address: where the request comes from (`TrustedProxies.client`), read only for
    ///   a token that is bound to some; nil when that is nowhere.
    package func authenticate(
        presented: String?, from address: @autoclosure () -> InternetAddress? = nil
    ) async throws -> Principal {
        guard let presented else { throw AuthenticationRefusal.missing.serviceError }
        do {
            if let token = Token.parse(presented) { return try await principal(of: token, address) }
            if let webTokens, JSONWebToken.isLikely(presented) {
                return try await webTokens.principal(of: presented)
            }
        } catch let refusal as AuthenticationRefusal {
            throw refusal.serviceError
        }
        let sentNone = presented.isByteEqual(to: "None")
        throw (sentNone ? AuthenticationRefusal.sentNone : .malformed).serviceError
    }

    private func principal(of token: Token, _ address: () -> InternetAddress?) async throws
        -> Principal
    {
        let hasher = TokenHasher(peppers: try peppers())
        let record = try await directory.token(token.keyID)
        let now = time.unixMilliseconds()
        if let refusal = refusal(of: token, record, hasher, address, now) { throw refusal }
        guard let record else { throw AuthenticationRefusal.unknown }
        uses?.note(record.keyID, atMilliseconds: now)
        return Principal(record)
    }

    /// The secret is judged first: only a holder of the token learns anything else by timing.
    private func refusal(
        of token: Token, _ record: TokenRecord?, _ hasher: TokenHasher,
        _ address: () -> InternetAddress?, _ now: UInt64
    ) -> AuthenticationRefusal? {
        let verified = hasher.verify(token, against: record)
        guard let record else { return .unknown }
        guard verified else { return .wrongSecret }
        guard token.kind == TokenKind(role: record.role) else { return .wrongKind }
        if record.revokedAtMilliseconds != nil { return .revoked }
        if record.expiresAtMilliseconds ?? .max <= now { return .expired }
        if record.succession?.graceEndsAtMilliseconds ?? .max <= now { return .replaced }
        let ranges = record.restrictions.addresses
        return ranges.isEmpty || Self.isAny(of: ranges, address()) ? nil : .wrongAddress
    }

    /// An unknown address is in no range.
    private static func isAny(of ranges: [AddressRange], _ address: InternetAddress?) -> Bool {
        guard let address else { return false }
        return ranges.contains { $0.contains(address) }
    }
}

extension Principal {
    /// What a token's record says of its bearer, once the secret is verified.
    init(_ record: TokenRecord) {
        self.init(
            credential: .token(record.keyID), role: record.role, tenant: record.tenant,
            tenantName: record.tenantName, databases: record.databases,
            actions: record.restrictions.actions, collections: record.restrictions.collections)
    }
}

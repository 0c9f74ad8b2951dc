import Access
import ChromaModel
import Directory
import Platform
import Postgres

extension ControlPlane {
    /// Makes a token with the role and reach of another, which works on until its grace ends.
    ///
    /// Throws `notFound`, `invalidArgument` for a grace or an expiry that makes no sense, and
    /// `failedPrecondition` when the old token is dead or was rotated before.
    ///
    /// - Parameter tenant: the token's owner, nil for an operator's; another's is `notFound`.
    package func rotateToken(
        _ keyID: TokenKeyID, of tenant: TenantID?, _ rotation: TokenRotation
    ) async throws -> RotatedToken {
        let now = time.unixMilliseconds()
        try Self.validate(rotation, now)
        return try await commitEverywhere { transaction in
            guard try await TokenStore.lock(keyID, of: tenant, in: transaction),
                let old = try await TokenStore.find(keyID, in: transaction)
            else { throw Self.noToken(keyID) }
            try Self.checkRotates(old, now)
            let rotated = try await self.replace(old, rotation, now, in: transaction)
            return (rotated, .tokenChanged(keyID))
        }
    }

    private func replace(
        _ old: TokenRecord, _ rotation: TokenRotation, _ now: UInt64,
        in transaction: PostgresTransaction
    ) async throws -> RotatedToken {
        let token = Token.mint(TokenKind(role: old.role), from: random)
        try await TokenStore.insertSuccessor(
            token.keyID, hasher.hash(token), of: old, rotation, atMilliseconds: now,
            in: transaction)
        guard let record = try await TokenStore.find(token.keyID, in: transaction),
            let replaced = try await TokenStore.find(old.keyID, in: transaction)
        else { throw Self.noToken(old.keyID) }
        return RotatedToken(
            minted: MintedToken(record: record, secretText: token.text), replaced: replaced)
    }

    private static func validate(_ rotation: TokenRotation, _ now: UInt64) throws {
        guard (0...TokenRotation.graceSecondsMax).contains(rotation.graceSeconds) else {
            throw ServiceError.invalid(
                "grace must be 0 to \(TokenRotation.graceSecondsMax) seconds.")
        }
        guard rotation.expiresAtMilliseconds ?? .max > now else {
            throw ServiceError.invalid("expire_time must be in the future.")
        }
    }

    private static func checkRotates(_ old: TokenRecord, _ now: UInt64) throws {
        if let successor = old.succession?.replacedBy {
            throw ServiceError(
                .failedPrecondition,
                "Token [\(old.keyID)] was rotated already; rotate [\(successor)].")
        }
        guard old.revokedAtMilliseconds == nil, old.succession == nil,
            old.expiresAtMilliseconds ?? .max > now
        else {
            throw ServiceError(
                .failedPrecondition,
                "Token [\(old.keyID)] works no more; create a new one.")
        }
    }
}

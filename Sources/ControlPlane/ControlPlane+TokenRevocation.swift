import Access
import ChromaModel
import Directory
import Platform
import Postgres

/// Which tokens of one owner are meant.
package enum TokenSelection: Sendable {
    /// Most key ids in one selection.
    package static let keyIDsMax = 1000

    case keyIDs([TokenKeyID])
    /// Those that one credential made (`TokenRecord.creator`).
    case creator(String)
    case all
}

extension ControlPlane {
    /// Revokes tokens for good, all of them or none, and returns how many were live.
    ///
    /// Throws `notFound` when the owner lacks one that was named.
    ///
    /// - Parameter tenant: the tokens' owner; nil for operators'.
    package func revokeTokens(_ selection: TokenSelection, of tenant: TenantID?) async throws
        -> Int
    {
        let now = time.unixMilliseconds()
        return try await commitEverywhere { transaction in
            if case .keyIDs(let keyIDs) = selection,
                let missing = try await TokenStore.missing(keyIDs, of: tenant, in: transaction)
            {
                throw Self.noToken(missing)
            }
            let count = try await TokenStore.revoke(
                selection, of: tenant, atMilliseconds: now, in: transaction)
            // Rare, and after it nothing that was cached before should be believed.
            return (count, .reset)
        }
    }
}

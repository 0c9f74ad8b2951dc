import Access

/// How a token is to be replaced by a new one of the same reach.
package struct TokenRotation: Sendable {
    /// A week: longer, and the old token is not on its way out.
    package static let graceSecondsMax = 7 * 86_400

    /// For how long the old token works beside the new one.
    package let graceSeconds: Int
    /// When the new one expires, in Unix time; nil means when the old one does, if ever.
    package let expiresAtMilliseconds: UInt64?
    /// The credential that asks for it.
    package let creator: String?

    package init(graceSeconds: Int, expiresAtMilliseconds: UInt64?, creator: String?) {
        self.graceSeconds = graceSeconds
        self.expiresAtMilliseconds = expiresAtMilliseconds
        self.creator = creator
    }
}

/// What a rotation made, and what became of the old token.
package struct RotatedToken: Sendable {
    package let minted: MintedToken
    package let replaced: TokenRecord
}

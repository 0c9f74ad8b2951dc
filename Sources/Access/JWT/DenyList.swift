/// Tokens of an issuer that are refused although they are good.
package struct DenyList: Sendable, Hashable {
    /// Single tokens, by their `jti`.
    package var tokenIDs: Set<ClaimText>
    /// Subjects: all their tokens issued before a Unix time in milliseconds; `UInt64.max` is all
    /// there will ever be.
    package var subjects: [ClaimText: UInt64]
    /// Everyone's tokens issued before this Unix time in milliseconds.
    package var issuedBeforeMilliseconds: UInt64?

    package init(
        tokenIDs: Set<ClaimText> = [], subjects: [ClaimText: UInt64] = [:],
        issuedBeforeMilliseconds: UInt64? = nil
    ) {
        self.tokenIDs = tokenIDs
        self.subjects = subjects
        self.issuedBeforeMilliseconds = issuedBeforeMilliseconds
    }

    /// - Parameter skewMilliseconds: by which the issuer's clock may be ahead of ours. A token that
    ///   may have been issued before counts as issued before.
    func denies(_ claims: TokenClaims, skewMilliseconds: UInt64) -> Bool {
        if let id = claims.tokenID, tokenIDs.contains(id) { return true }
        let stated = claims.issuedAtMilliseconds
        let issued = stated - min(stated, skewMilliseconds)
        if let before = subjects[claims.subject], issued < before || before == .max { return true }
        return issuedBeforeMilliseconds.map { issued < $0 } ?? false
    }
}

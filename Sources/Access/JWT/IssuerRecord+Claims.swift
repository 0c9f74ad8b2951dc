extension IssuerRecord {
    /// Checks what a token says of itself against what the issuer may issue: audience, times,
    /// denials. Throws the first that is wrong.
    func check(_ claims: TokenClaims, atMilliseconds now: UInt64) throws(AuthenticationRefusal) {
        guard claims.issuer == url else { throw .unknownIssuer }
        guard claims.audiences.contains(where: audiences.contains) else { throw .wrongAudience }
        try checkTimes(claims, now)
        guard !denials.denies(claims, skewMilliseconds: UInt64(clockSkewSeconds) * 1000)
        else { throw .denied }
    }

    /// Clocks may differ by the skew.
    private func checkTimes(_ claims: TokenClaims, _ now: UInt64) throws(AuthenticationRefusal) {
        let skew = UInt64(clockSkewSeconds) * 1000
        let expiry = claims.expiresAtMilliseconds
        guard now < expiry + skew else { throw .expired }
        guard claims.notBeforeMilliseconds ?? 0 <= now + skew else { throw .notYetValid }
        guard claims.issuedAtMilliseconds <= now + skew else { throw .notYetValid }
        let latest = claims.issuedAtMilliseconds + UInt64(lifetimeSecondsMax) * 1000
        guard expiry <= latest else { throw .lifetime }
    }
}

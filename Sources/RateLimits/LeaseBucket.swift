/// The one bucket of a key, wherever all frontends see it: refills at the policy's rate up to
/// its burst, and is emptied by the leases it grants.
///
/// Pure: whoever keeps it (a row of PostgreSQL) locks it for the length of a call. The formulas
/// are those of "leased GCRA"; ARCHITECTURE.md has the bound they keep.
package struct LeaseBucket: Sendable, Hashable {
    /// A refused key is not asked for again sooner than this.
    package static let retryNanosecondsMin: UInt64 = 50_000_000

    package private(set) var tokens: Double
    /// When `tokens` was right, on the keeper's own clock.
    package private(set) var updatedNanoseconds: UInt64

    /// A full bucket, which is what a key that was never seen has.
    package init(full policy: RatePolicy, nowNanoseconds: UInt64) {
        self.init(tokens: policy.burst, updatedNanoseconds: nowNanoseconds)
    }

    package init(tokens: Double, updatedNanoseconds: UInt64) {
        self.tokens = tokens
        self.updatedNanoseconds = updatedNanoseconds
    }

    /// Grants up to `want`, or nothing when that would be less than `least`, which is at most
    /// the policy's burst.
    package mutating func grant(
        want: Double, atLeast least: Double, policy: RatePolicy, nowNanoseconds: UInt64
    ) -> LeaseAnswer {
        refill(policy, nowNanoseconds)
        let amount = min(max(want, least), tokens)
        guard amount >= least * (1 - 1e-9) else {
            let seconds = (least - tokens) / policy.ratePerSecond
            return LeaseAnswer(
                granted: 0, remaining: tokens,
                retryAfterNanoseconds: max(Self.retryNanosecondsMin, nanoseconds(seconds)))
        }
        tokens = max(0, tokens - amount)
        return LeaseAnswer(granted: amount, remaining: tokens, retryAfterNanoseconds: 0)
    }

    /// How much is granted and not refilled yet.
    package func used(of policy: RatePolicy, nowNanoseconds: UInt64) -> Double {
        var now = self
        now.refill(policy, nowNanoseconds)
        return policy.burst - now.tokens
    }

    /// A clock that went back refills nothing, and a lowered burst takes effect at once.
    private mutating func refill(_ policy: RatePolicy, _ nowNanoseconds: UInt64) {
        if nowNanoseconds > updatedNanoseconds {
            let seconds = Double(nowNanoseconds - updatedNanoseconds) / 1e9
            tokens += seconds * policy.ratePerSecond
            updatedNanoseconds = nowNanoseconds
        }
        tokens = min(tokens, policy.burst)
    }
}

/// What a bucket answers to one request for a lease.
package struct LeaseAnswer: Sendable, Hashable {
    /// 0: refused.
    package let granted: Double
    /// What the bucket holds afterwards, for the `RateLimit` header.
    package let remaining: Double
    /// When a refused request may be tried again; 0 when it was granted.
    package let retryAfterNanoseconds: UInt64

    package init(granted: Double, remaining: Double, retryAfterNanoseconds: UInt64) {
        self.granted = granted
        self.remaining = remaining
        self.retryAfterNanoseconds = retryAfterNanoseconds
    }
}

/// Seconds as whole nanoseconds, rounded up; a day at most, so that no sum of times overflows.
func nanoseconds(_ seconds: Double) -> UInt64 {
    UInt64((min(max(seconds, 0), 86_400) * 1e9).rounded(.up))
}

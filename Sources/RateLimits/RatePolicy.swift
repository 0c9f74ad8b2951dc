/// How fast something may be used: `ratePerSecond` for ever, `burst` at once.
///
/// The unit is that of what is limited: requests, bytes or query units.
package struct RatePolicy: Sendable, Hashable {
    package let ratePerSecond: Double
    package let burst: Double
    package let mode: Mode

    /// Whether a policy refuses, or only counts what it would have refused.
    package enum Mode: String, Sendable, CaseIterable {
        case enforce
        case shadow
    }

    /// Nothing is admitted: what a limit of 0 says. No bucket has it.
    package static let closed = RatePolicy()

    private init() {
        ratePerSecond = 0
        burst = 0
        mode = .enforce
    }

    /// nil unless rate and burst are finite and above 0.
    package init?(ratePerSecond: Double, burst: Double, mode: Mode = .enforce) {
        guard ratePerSecond > 0, burst > 0, ratePerSecond.isFinite, burst.isFinite else {
            return nil
        }
        self.ratePerSecond = ratePerSecond
        self.burst = burst
        self.mode = mode
    }

    /// What a request is asked for before it runs: no bucket ever holds more than its burst, so
    /// the rest of a larger cost becomes debt when the request is settled.
    package func admissionCost(_ cost: Double) -> Double { min(max(cost, 0), burst) }

    /// What one of `count` frontends may give out by itself.
    func share(of count: Int) -> RatePolicy {
        let count = Double(max(count, 1))
        return RatePolicy(ratePerSecond: ratePerSecond / count, burst: burst / count) ?? self
    }
}

import Glibc

/// The present pace of use: an average that forgets half of itself in half a second.
struct DemandEstimate {
    private static let halfLifeSeconds = 0.5

    private var perSecond = 0.0
    private var updatedNanoseconds: UInt64 = 0

    /// Notes that `amount` was used now.
    mutating func note(_ amount: Double, _ now: UInt64) {
        perSecond = ratePerSecond(now) + max(amount, 0) * 0.693_147 / Self.halfLifeSeconds
        updatedNanoseconds = max(now, updatedNanoseconds)
    }

    func ratePerSecond(_ now: UInt64) -> Double {
        guard now > updatedNanoseconds else { return perSecond }
        let halvings = Double(now - updatedNanoseconds) / 1e9 / Self.halfLifeSeconds
        return halvings > 60 ? 0 : perSecond * exp2(-halvings)
    }

    func isIdle(_ now: UInt64) -> Bool { ratePerSecond(now) < 1e-6 }
}

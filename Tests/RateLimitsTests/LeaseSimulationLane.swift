import RateLimits

extension LeaseSimulation {
    /// One key: its bucket, and what all frontends together admitted of it.
    struct Lane {
        let policy: RatePolicy
        var bucket: LeaseBucket
        private(set) var admitted = 0.0
        /// What requests that run now use beyond what they reserved, by frontend.
        private var underestimate: [Double]
        private var underestimateMax = 0.0
        private var crashedUnderestimate = 0.0
        /// "Used in a window less the rate times its length", the largest of all windows that
        /// end now; see `note`.
        private var excess = 0.0
        private var excessAt: UInt64 = 0
        private(set) var excessMax = 0.0

        init(_ policy: RatePolicy, frontendCount: Int) {
            self.policy = policy
            bucket = LeaseBucket(full: policy, nowNanoseconds: 0)
            underestimate = Array(repeating: 0, count: frontendCount)
        }

        /// The bound of ARCHITECTURE.md, "Rates", less the part `R·w` that `excess` leaves out.
        func bound(_ setting: Setting, requestsInFlightMax: Int) -> Double {
            let leaseSeconds = 1.0
            let count = Double(setting.frontendCount)
            let held = policy.ratePerSecond * leaseSeconds * (1 + setting.clockError)
            let most = policy.burst / (4 * count)
            let each =
                max(most, setting.costMax)
                + Double(requestsInFlightMax + 1) * setting.costMax
            return policy.burst + min(held, count * (each + underestimateMax))
                + count * underestimateMax + crashedUnderestimate
        }

        /// A request began that will use so much; by Lindley's recursion.
        mutating func note(_ used: Double, _ now: UInt64) {
            let idle = Double(now - excessAt) / 1e9 * policy.ratePerSecond
            excess = max(0, excess - idle) + used
            excessAt = now
            excessMax = max(excessMax, excess)
            admitted += used
        }

        mutating func begin(_ request: Request, debt: Double) {
            underestimate[request.frontend] += over(request)
            noteUnderestimate(request.frontend, debt)
        }

        mutating func finish(_ request: Request, debt: Double) {
            underestimate[request.frontend] -= over(request)
            noteUnderestimate(request.frontend, debt)
        }

        /// Leases are lost, and so is what was used beyond them.
        mutating func crash(_ frontend: Int, debt: Double) {
            crashedUnderestimate += underestimate[frontend] + debt
            underestimate[frontend] = 0
        }

        private func over(_ request: Request) -> Double {
            max(0, request.used - policy.admissionCost(request.cost))
        }

        private mutating func noteUnderestimate(_ frontend: Int, _ debt: Double) {
            underestimateMax = max(underestimateMax, underestimate[frontend] + debt)
        }
    }
}

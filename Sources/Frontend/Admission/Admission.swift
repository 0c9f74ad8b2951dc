import Access
import ChromaModel
import Logging
import RateLimits
import Usage

/// Whose rates hold, and whether they refuse.
package struct RateRules: Sendable {
    package let limiter: RateLimiter<RateKey>
    package let mode: RatePolicy.Mode

    package init(limiter: RateLimiter<RateKey>, mode: RatePolicy.Mode) {
        self.limiter = limiter
        self.mode = mode
    }
}

/// Lets requests in as fast as their tenant's quotas say, over HTTP and gRPC alike.
struct Admission: Sendable {
    /// nil: rates are not limited.
    let rules: RateRules?
    let logger: Logger

    /// What an admitted request holds until it ends.
    struct Ticket: Sendable {
        fileprivate let limiter: RateLimiter<RateKey>
        fileprivate let reservation: LeaseTable<RateKey>.Reservation

        /// Takes what the request used, or gives back what it did not use.
        func settle(_ use: RateUse) {
            limiter.settle(reservation) { use.amount(of: $0.usage) }
        }
    }

    /// Returns when the request may run. nil: nothing limits it.
    ///
    /// Throws `resourceExhausted`, whose cause is a `RateRefusal`.
    ///
    /// - Parameter bodyBytes: as announced; 0 when it wasn't.
    func admit(_ action: Action?, in scope: TenantScope?, bodyBytes: Int) async throws -> Ticket? {
        guard let rules, let action, let scope else { return nil }
        do {
            let needs = try RateCost.of(action, bodyBytes: bodyBytes).flatMap {
                try Self.needs($0, scope)
            }
            let reservation = try await rules.limiter.admit(needs)
            return Ticket(limiter: rules.limiter, reservation: reservation)
        } catch let refusal as RateRefusal<RateKey> {
            guard rules.mode == .shadow else { throw ServiceError(refusal) }
            logger.notice(
                "over a rate limit, let through in shadow mode",
                metadata: [
                    "tenant": "\(scope.tenantName)", "limit": "\(refusal.key.usage.rawValue)",
                ])
            return nil
        }
    }

    /// A cost counts against the tenant's rate, and against the token's where that is the lower
    /// one: at the same rate the tenant's bucket refuses whatever the token's would.
    ///
    /// Throws the refusal of a limit of 0.
    private static func needs(_ cost: RateCost, _ scope: TenantScope)
        throws(RateRefusal<RateKey>) -> [LeaseTable<RateKey>.Need]
    {
        var needs = [try need(cost.usage, nil, cost.amount, scope)]
        if let own = cost.usage.tokenUsage, scope.quotas[own] < scope.quotas[cost.usage] {
            let credential = RateCredential(scope.payer.value)
            needs.append(try need(own, credential, cost.amount, scope))
        }
        return needs
    }

    /// A burst is a second's worth.
    private static func need(
        _ usage: UsageType, _ credential: RateCredential?, _ amount: Double, _ scope: TenantScope
    ) throws(RateRefusal<RateKey>) -> LeaseTable<RateKey>.Need {
        let key = RateKey(tenant: scope.tenant, usage: usage, credential: credential)
        let rate = Double(scope.quotas[usage])
        guard let policy = RatePolicy(ratePerSecond: rate, burst: rate) else {
            throw .closed(key)
        }
        return LeaseTable.Need(key: key, policy: policy, cost: amount)
    }
}

extension ServiceError {
    /// Whoever is refused by a limit of 0 waits for whoever set it.
    fileprivate init(_ refusal: RateRefusal<RateKey>) {
        self.init(
            .resourceExhausted,
            """
            Rate limit exceeded: '\(refusal.key.usage.displayName)' is \
            \(Int(refusal.policy.ratePerSecond)). Retry after \(refusal.retryAfterSeconds) s.
            """, cause: refusal)
    }
}

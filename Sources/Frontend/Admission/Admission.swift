import Access
import ChromaModel
import Logging
import RateLimits

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
        fileprivate let requestKind: UsageType

        /// Gives back what the request did not use.
        ///
        /// - Parameter bodyBytes: what really came; a request that failed counts as one all the
        ///   same, for it cost its checks.
        func settle(bodyBytes: Int) {
            limiter.settle(reservation) { key in
                key.usage == requestKind ? 1 : Double(bodyBytes)
            }
        }
    }

    /// Returns when the request may run. nil: nothing limits it.
    ///
    /// Throws `resourceExhausted`, whose cause is a `RateRefusal`.
    ///
    /// - Parameter bodyBytes: as announced; 0 when it wasn't.
    func admit(_ action: Action?, in scope: TenantScope?, bodyBytes: Int) async throws -> Ticket? {
        guard let rules, let action, let scope else { return nil }
        let kind = action.rateUsage
        let bytes: UsageType? = action.writesRecords ? .writtenBytesPerSecond : nil
        let needs = [
            need(kind, 1, scope), bytes.flatMap { need($0, Double(bodyBytes), scope) },
        ].compactMap { $0 }
        guard !needs.isEmpty else { return nil }
        do {
            let reservation = try await rules.limiter.admit(needs)
            return Ticket(limiter: rules.limiter, reservation: reservation, requestKind: kind)
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

    /// A limit of 0 is held to as one of 1: the smallest rate there is.
    private func need(_ usage: UsageType, _ cost: Double, _ scope: TenantScope)
        -> LeaseTable<RateKey>.Need?
    {
        let rate = Double(max(scope.quotas[usage], 1))
        guard let policy = RatePolicy(ratePerSecond: rate, burst: rate) else { return nil }
        return LeaseTable.Need(
            key: RateKey(tenant: scope.tenant, usage: usage), policy: policy, cost: cost)
    }
}

extension Action {
    /// The rate that a request of this action counts into.
    var rateUsage: UsageType { changesAnything ? .writeRequestsPerSecond : .readRequestsPerSecond }

    var writesRecords: Bool { [.add, .update, .upsert].contains(self) }

    private var changesAnything: Bool {
        switch self {
        case .getTenant, .getDatabase, .listDatabases, .listCollections, .countCollections,
            .getCollection, .getCollectionByCRN, .countForks, .get, .query, .search, .count:
            false
        default: true
        }
    }
}

extension ServiceError {
    fileprivate init(_ refusal: RateRefusal<RateKey>) {
        self.init(
            .resourceExhausted,
            """
            Rate limit exceeded: '\(refusal.key.usage.displayName)' is \
            \(Int(refusal.policy.ratePerSecond)). Retry after \(refusal.retryAfterSeconds) s.
            """, cause: refusal)
    }
}

/// The limits that one request is held to: an override of the database, else one of the tenant,
/// else the plan's. Immutable; it goes with the request's scope wherever that goes.
package struct EffectiveQuotas: Sendable, Hashable {
    /// Where a limit comes from. The raw value is the name in the APIs.
    package enum Source: String, Sendable, CaseIterable {
        case plan
        case tenantOverride = "tenant_override"
        case databaseOverride = "database_override"
    }

    /// A limit that takes the place of the plan's.
    package struct Exception: Sendable, Hashable {
        package let limit: Int
        package let source: Source

        package init(limit: Int, source: Source) {
            self.limit = limit
            self.source = source
        }
    }

    package let plan: Plan
    /// The overrides in force, as they came out.
    package private(set) var exceptions: [UsageType: Exception] = [:]

    /// - Parameters:
    ///   - overrides: all of the tenant; those of other databases and expired ones don't count.
    ///   - database: nil for what is outside any database.
    package init(
        plan: Plan, overrides: [QuotaOverride] = [], database: DatabaseID? = nil,
        atMilliseconds now: UInt64 = 0
    ) {
        self.plan = plan
        for each in overrides where each.isInForce(atMilliseconds: now) {
            if let own = each.database {
                guard own == database else { continue }
                exceptions[each.usage] = Exception(
                    limit: each.limit, source: .databaseOverride)
            } else if exceptions[each.usage]?.source != .databaseOverride {
                exceptions[each.usage] = Exception(limit: each.limit, source: .tenantOverride)
            }
        }
    }

    /// Limits that were worked out elsewhere, as they are.
    package init(plan: Plan, exceptions: [UsageType: Exception]) {
        self.plan = plan
        self.exceptions = exceptions
    }

    package subscript(usage: UsageType) -> Int {
        exceptions.isEmpty
            ? plan.limit(of: usage) : exceptions[usage]?.limit ?? plan.limit(of: usage)
    }

    package func source(of usage: UsageType) -> Source { exceptions[usage]?.source ?? .plan }

    /// How many items a list or a get shows at most: the limit takes the place of a larger one
    /// and of none (protocol §8.1, "Overrides").
    package func capped(_ limit: Int?) -> Int { min(limit ?? .max, self[.limitValue]) }

    /// Throws `unprocessable` when the usage is past its limit.
    package func check(_ usage: UsageType, _ current: Int, for action: QuotaAction)
        throws(ServiceError)
    {
        let limit = self[usage]
        guard current <= limit else {
            throw .quotaExceeded(usage, for: action, current: current, limit: limit)
        }
    }
}

extension ServiceError {
    /// A request went over a quota. Clients know it by its first words (protocol §8.1).
    package static func quotaExceeded(
        _ usage: UsageType, for action: QuotaAction, current: Int, limit: Int
    ) -> ServiceError {
        .unprocessable(
            "Quota exceeded: '\(usage.displayName)' exceeded quota limit for action "
                + "'\(action.rawValue)': current usage of \(current) exceeds limit of \(limit)")
    }
}

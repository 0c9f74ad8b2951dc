import ChromaModel

/// Which tenants are open or on their way, and who uses them.
struct TenantSlots {
    enum Stage {
        case opening(Task<TenantEngine, any Error>)
        case open(TenantEngine)
        /// The number tells one closing of a tenant from its next.
        case closing(Task<Void, Never>, number: UInt64)
    }

    private struct Slot {
        var stage: Stage
        var lastUsed: UInt64
    }

    private var slots: [TenantID: Slot] = [:]
    /// Requests in flight; they outlive a stage.
    private var leases: [TenantID: Int] = [:]

    /// The stage a tenant is in; nil when it is closed.
    subscript(tenant: TenantID) -> Stage? { slots[tenant]?.stage }

    var stages: [Stage] { slots.values.map(\.stage) }

    var openEngines: [TenantEngine] { slots.values.compactMap(\.stage.engine) }

    mutating func set(_ stage: Stage?, of tenant: TenantID, at now: UInt64) {
        slots[tenant] = stage.map { Slot(stage: $0, lastUsed: now) }
    }

    mutating func beginLease(_ tenant: TenantID) { leases[tenant, default: 0] += 1 }

    mutating func endLease(_ tenant: TenantID, at now: UInt64) {
        let rest = leases[tenant, default: 1] - 1
        leases[tenant] = rest > 0 ? rest : nil
        slots[tenant]?.lastUsed = now
    }

    /// The open tenant that nobody uses and nobody has used for longest.
    func leastRecentlyUsed() -> TenantEngine? {
        var best: Slot?
        for (tenant, slot) in slots {
            if let best, best.lastUsed <= slot.lastUsed { continue }
            if isIdle(tenant, slot) { best = slot }
        }
        return best?.stage.engine
    }

    /// The open tenants that nobody uses and nobody has used since. One whose index is being built
    /// stays open: the work would be lost.
    func unused(since: UInt64) -> [TenantEngine] {
        slots.compactMap { tenant, slot in
            guard slot.lastUsed <= since, isIdle(tenant, slot) else { return nil }
            return slot.stage.engine.flatMap { $0.indexes.buildCount == 0 ? $0 : nil }
        }
    }

    /// The tenants whose log failed and that nobody uses; opening them anew mends them.
    var failed: [TenantEngine] {
        slots.compactMap { tenant, slot in
            guard leases[tenant] == nil else { return nil }
            return slot.stage.engine.flatMap { $0.failedAt == nil ? nil : $0 }
        }
    }

    /// A failed engine isn't idle: it alone knows what was never acknowledged.
    private func isIdle(_ tenant: TenantID, _ slot: Slot) -> Bool {
        guard leases[tenant] == nil, let engine = slot.stage.engine else { return false }
        return engine.failedAt == nil && engine.isSettled
    }
}

extension TenantSlots.Stage {
    /// The engine, when it is open.
    var engine: TenantEngine? {
        guard case .open(let engine) = self else { return nil }
        return engine
    }
}

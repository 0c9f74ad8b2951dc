import ChromaModel
import Synchronization

/// The memory that all tenants' writes may take, and the writes that wait for some.
///
/// Past its bound a tenant's writers wait for a seal, in the order they came, and are refused
/// when it takes too long. A write that was let in is never refused for want of memory.
final class WriteBudget: Sendable {
    private struct Waiter {
        let number: UInt64
        let write: WriteSize
        let budget: TenantBudget
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        /// Bytes of writes that were let in and have no outcome yet.
        var entered = 0
        /// Bytes of writes that wait to be let in.
        var waiting = 0
        /// In order of arrival.
        var waiters: [Waiter] = []
        var lastNumber: UInt64 = 0
    }

    private enum Verdict {
        case enter
        case wait(UInt64)
        case refuse
    }

    let limits: WriteLimits
    private let tails = Atomic(0)
    private let hasWaiters = Atomic(false)
    private let state = Mutex(State())
    private let sealer = Mutex<(@Sendable (TenantBudget?) -> Bool)?>(nil)
    /// Whether a seal is under way that was asked for because all are near their bound.
    private let isRelieving = Atomic(false)

    init(limits: WriteLimits) { self.limits = limits }

    /// Says how tails are sealed to make room.
    ///
    /// - Parameter sealer: gets the tenant that needs room, or nil for the one that holds most;
    ///   false when there is nothing to seal now. Called outside any lock.
    func makeRoom(by sealer: @escaping @Sendable (TenantBudget?) -> Bool) {
        self.sealer.withLock { $0 = sealer }
    }

    /// Bytes of all tenants' rows in memory.
    var tailBytes: Int { tails.load(ordering: .relaxed) }

    /// Whether all tenants together are near their bound.
    var isNearBound: Bool { limits.tails.isNear(all: tailBytes) }

    func isNearBound(_ budget: TenantBudget) -> Bool {
        limits.tails.isNear(tenant: budget.heldBytes, all: tailBytes)
    }

    /// Has the largest tail sealed if all together are near their bound.
    func relieve() {
        guard isNearBound, !isRelieving.exchange(true, ordering: .acquiringAndReleasing) else {
            return
        }
        if !seal(for: nil) { isRelieving.store(false, ordering: .releasing) }
    }

    /// A seal of whatever tenant ended.
    func sealEnded() {
        isRelieving.store(false, ordering: .releasing)
        relieve()
    }

    func grew(by bytes: Int) { tails.wrappingAdd(bytes, ordering: .relaxed) }

    func shrank(by bytes: Int) {
        tails.wrappingSubtract(bytes, ordering: .sequentiallyConsistent)
        if hasWaiters.load(ordering: .sequentiallyConsistent) { admitWaiters() }
    }

    func enter(_ write: WriteSize, of budget: TenantBudget) async throws {
        try await withCheckedThrowingContinuation { continuation in
            let verdict = state.withLock { state in
                decide(write, budget, continuation, &state)
            }
            switch verdict {
            case .enter: continuation.resume()
            case .refuse: continuation.resume(throwing: Self.tooMuchWaits)
            case .wait(let number): wait(number, budget)
            }
        }
    }

    func leave(_ write: WriteSize, of budget: TenantBudget) {
        state.withLock { state in
            state.entered -= write.bytes
            budget.entered.wrappingSubtract(write.bytes, ordering: .relaxed)
        }
        if hasWaiters.load(ordering: .sequentiallyConsistent) { admitWaiters() }
    }

    private func decide(
        _ write: WriteSize, _ budget: TenantBudget,
        _ continuation: CheckedContinuation<Void, any Error>, _ state: inout State
    ) -> Verdict {
        let waiting = budget.waiting.load(ordering: .relaxed)
        let pending = budget.entered.load(ordering: .relaxed) + waiting
        guard
            limits.pending.hasRoom(
                for: write.bytes, tenant: pending, all: state.entered + state.waiting)
        else { return .refuse }
        // Nobody overtakes a write of the same tenant that waits.
        if !write.growsTail || waiting == 0 && hasRoom(for: write, of: budget, state) {
            enter(write, budget, &state)
            return .enter
        }
        state.lastNumber += 1
        state.waiters.append(
            Waiter(
                number: state.lastNumber, write: write, budget: budget,
                continuation: continuation))
        state.waiting += write.bytes
        budget.waiting.wrappingAdd(write.bytes, ordering: .relaxed)
        hasWaiters.store(true, ordering: .sequentiallyConsistent)
        return .wait(state.lastNumber)
    }

    private func hasRoom(for write: WriteSize, of budget: TenantBudget, _ state: State) -> Bool {
        let all = tails.load(ordering: .sequentiallyConsistent) + state.entered
        return limits.tails.hasRoom(for: write.bytes, tenant: budget.heldBytes, all: all)
    }

    private func enter(_ write: WriteSize, _ budget: TenantBudget, _ state: inout State) {
        state.entered += write.bytes
        budget.entered.wrappingAdd(write.bytes, ordering: .relaxed)
    }

    private func wait(_ number: UInt64, _ budget: TenantBudget) {
        // Memory may have been freed between the verdict and the waiting.
        admitWaiters()
        _ = seal(for: budget)
        relieve()
        Task { [self] in
            try? await Task.sleep(nanoseconds: limits.waitNanoseconds)
            expire(number)
        }
    }

    /// Lets in whoever fits now, in order of arrival within each tenant.
    private func admitWaiters() {
        let admitted = state.withLock { state -> [Waiter] in
            var admitted: [Waiter] = []
            var kept: [Waiter] = []
            var blocked: Set<ObjectIdentifier> = []
            for waiter in state.waiters {
                let tenant = ObjectIdentifier(waiter.budget)
                if !blocked.contains(tenant), hasRoom(for: waiter.write, of: waiter.budget, state) {
                    stopWaiting(waiter, &state)
                    enter(waiter.write, waiter.budget, &state)
                    admitted.append(waiter)
                } else {
                    blocked.insert(tenant)
                    kept.append(waiter)
                }
            }
            state.waiters = kept
            hasWaiters.store(!kept.isEmpty, ordering: .sequentiallyConsistent)
            return admitted
        }
        for waiter in admitted { waiter.continuation.resume() }
    }

    private func expire(_ number: UInt64) {
        let expired = state.withLock { state -> Waiter? in
            guard let place = state.waiters.firstIndex(where: { $0.number == number }) else {
                return nil
            }
            let waiter = state.waiters.remove(at: place)
            stopWaiting(waiter, &state)
            return waiter
        }
        guard let expired else { return }
        expired.continuation.resume(throwing: Self.noRoom)
        // It may have stood in the way of a smaller one.
        admitWaiters()
    }

    private func seal(for budget: TenantBudget?) -> Bool {
        sealer.withLock { $0 }?(budget) ?? false
    }

    private func stopWaiting(_ waiter: Waiter, _ state: inout State) {
        state.waiting -= waiter.write.bytes
        waiter.budget.waiting.wrappingSubtract(waiter.write.bytes, ordering: .relaxed)
    }

    private static let tooMuchWaits = ServiceError(
        .resourceExhausted,
        "Too many writes wait already: nothing of this request was stored; retry it later")
    private static let noRoom = ServiceError(
        .resourceExhausted,
        "Writes come faster than they can be indexed: nothing of this request was stored; "
            + "retry it later")
}

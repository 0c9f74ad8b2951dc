import ChromaModel
import Synchronization

extension TenantEngineHost {
    /// Closes tenants that nobody uses, longest unused first, when others wait to be opened or
    /// too much is mapped. What can't be closed now is when its last request or its seal ends.
    func closeSome() {
        guard permits.shortage > 0 || isOverMapped else { return }
        state.withLock { state in
            let unmapping = isOverMapped && state.closingCount == 0 ? 1 : 0
            let wanted = max(permits.shortage - state.closingCount, unmapping)
            for _ in 0..<max(wanted, 0) {
                guard let engine = state.slots.leastRecentlyUsed() else { return }
                startClosing(engine, &state)
            }
        }
    }

    /// Closes the tenants that nobody has used for a while and opens failed ones anew.
    func sweep() {
        state.withLock { state in
            let now = now
            let idle = configuration.tenantIdleNanoseconds
            if now > idle {
                for engine in state.slots.unused(since: now - idle) { startClosing(engine, &state) }
            }
            guard !state.isClosed else { return }
            for engine in state.slots.failed {
                _ = startOpening(engine.tenant, after: engine, &state)
            }
        }
        closeSome()
    }

    /// Sweeps from time to time until the host is gone.
    func startSweeping() -> Task<Void, Never> {
        let interval = min(max(configuration.tenantIdleNanoseconds / 4, 1_000_000), Self.sweepMax)
        return Task { [weak self] in
            while !Task.isCancelled {
                try? await Task.sleep(nanoseconds: interval)
                guard let self, !Task.isCancelled else { return }
                sweep()
            }
        }
    }

    /// Closes every tenant, used or not.
    func closeAll() async {
        while true {
            let stages = state.withLock { state in
                for engine in state.slots.openEngines { startClosing(engine, &state) }
                return state.slots.stages
            }
            if stages.isEmpty { return }
            for stage in stages {
                switch stage {
                case .closing(let task, _): await task.value
                case .opening(let task): _ = try? await task.value
                case .open: break
                }
            }
        }
    }

    func startClosing(_ engine: TenantEngine, _ state: inout State) {
        state.closingCount += 1
        state.lastClosing += 1
        let number = state.lastClosing
        let task = Task { [self] in
            await engine.close()
            finishClosing(engine.tenant, number)
        }
        state.slots.set(.closing(task, number: number), of: engine.tenant, at: now)
    }

    private func finishClosing(_ tenant: TenantID, _ number: UInt64) {
        state.withLock { state in
            state.closingCount -= 1
            // It may be on its way to be opened again.
            if case .closing(_, number)? = state.slots[tenant] {
                state.slots.set(nil, of: tenant, at: now)
            }
        }
        permits.release()
        // The engine's maps go when its last reference goes: too early to count them again.
        if permits.shortage > 0 { closeSome() }
    }

    private var isOverMapped: Bool {
        mappings.bytes > configuration.mappedBytesMax
            || mappings.files > configuration.mappedFilesMax
    }

    /// A failed tenant is tried again this often at the least: ten seconds.
    private static let sweepMax: UInt64 = 10_000_000_000
}

import ChromaModel
import Logging
import NIOPosix
import Synchronization
import Telemetry
import TenantStorage

extension TenantEngineHost {
    /// Puts an opening task into the tenant's slot.
    ///
    /// - Parameter closing: the closing of the tenant's last engine, to be waited for.
    func startOpening(
        _ tenant: TenantID, after closing: Task<Void, Never>?, _ state: inout State
    ) -> TenantSlots.Stage {
        begin(tenant, &state) { host in
            await closing?.value
            do {
                try await host.permits.take { [weak host] in host?.closeSome() }
            } catch {
                host.state.withLock { $0.slots.set(nil, of: tenant, at: host.now) }
                throw error
            }
            return try await host.finishOpening(tenant, after: nil)
        }
    }

    /// The same when the tenant's last engine failed; the new one takes over its permit.
    func startOpening(
        _ tenant: TenantID, after failed: TenantEngine, _ state: inout State
    ) -> TenantSlots.Stage {
        begin(tenant, &state) { host in
            await failed.close()
            return try await host.finishOpening(tenant, after: failed)
        }
    }

    private func begin(
        _ tenant: TenantID, _ state: inout State,
        _ open: @escaping @Sendable (TenantEngineHost) async throws -> TenantEngine
    ) -> TenantSlots.Stage {
        let stage = TenantSlots.Stage.opening(Task { [self] in try await open(self) })
        state.slots.set(stage, of: tenant, at: now)
        return stage
    }

    /// - Parameter failed: the tenant's last engine, if its log failed. As long as no new one
    ///   opens it keeps the slot, since it alone knows what was never acknowledged.
    private func finishOpening(_ tenant: TenantID, after failed: TenantEngine?) async throws
        -> TenantEngine
    {
        let began = now
        do {
            let engine = try await onIOThread { [self] in
                let opener = TenantOpener(
                    fileSystem: fileSystem, configuration: configuration,
                    writes: resources.writes, logger: resources.logger)
                let opened = try opener.open(tenant, durableEnd: failed?.failedAt)
                return TenantEngine(
                    opened: opened, configuration: configuration, resources: resources
                ) { [weak self] in self?.closeSome() }
            }
            state.withLock { $0.slots.set(.open(engine), of: tenant, at: now) }
            resources.metrics.openings.observe(Int(now - began))
            return engine
        } catch {
            state.withLock { $0.slots.set(failed.map { .open($0) }, of: tenant, at: now) }
            if failed == nil { permits.release() }
            resources.metrics.openingFailures.add()
            resources.logger.error(
                "tenant cannot be opened; its files are untouched",
                metadata: [
                    "tenant": "\(tenant)", "error": "\(error)",
                    "hint": "stop the server and run: tessera scrub --tenant \(tenant)",
                ])
            throw ServiceError(
                .unavailable, "This tenant's data cannot be opened now; its operator was told",
                cause: error)
        }
    }
}

import Access
import ChromaModel
import Logging
import NIOCore
import NIOPosix
import Platform
import Synchronization
import TenantStorage

/// Opens tenants when they are first asked for and keeps them open.
///
/// **Invariant:** at most one engine of a tenant is open, whoever asks at once. A tenant that
/// cannot be opened affects nobody else: its requests get 503 and the next one tries again.
package final class TenantEngineHost: Sendable {
    enum Slot {
        case opening(Task<TenantEngine, any Error>)
        case open(TenantEngine)

        var engine: TenantEngine? {
            guard case .open(let engine) = self else { return nil }
            return engine
        }
    }

    private struct State {
        var slots: [TenantID: Slot] = [:]
        var isClosed = false
    }

    let configuration: EngineConfiguration
    let random: any RandomSource
    let searchThreads: NIOThreadPool
    private let fileSystem: any FileSystem
    private let resources: EngineResources
    private let state = Mutex(State())

    package init(
        configuration: EngineConfiguration, fileSystem: any FileSystem,
        time: any TimeSource = SystemTimeSource(), random: any RandomSource, logger: Logger
    ) {
        self.configuration = configuration
        self.fileSystem = fileSystem
        self.random = random
        let searchThreadCount =
            configuration.searchThreads > 0 ? configuration.searchThreads : System.coreCount
        searchThreads = NIOThreadPool(numberOfThreads: searchThreadCount)
        resources = EngineResources(
            ioThreads: NIOThreadPool(numberOfThreads: max(configuration.ioThreads, 1)),
            backgroundThreads: NIOThreadPool(numberOfThreads: 1), time: time, random: random,
            writes: WriteBudget(limits: configuration.writeLimits), logger: logger)
        for pool in threadPools { pool.start() }
        resources.writes.makeRoom { [weak self] budget in self?.sealTail(of: budget) ?? false }
    }

    /// Seals the tail of a tenant that is at its bound, or the largest tail.
    ///
    /// - Returns: whether a seal is under way.
    private func sealTail(of budget: TenantBudget?) -> Bool {
        let engines = state.withLock { $0.slots.values.compactMap(\.engine) }
        if let budget { return engines.first { $0.budget === budget }?.press() ?? false }
        return engines.sorted { $0.budget.tailBytes > $1.budget.tailBytes }.contains { $0.press() }
    }

    private var threadPools: [NIOThreadPool] {
        [searchThreads, resources.ioThreads, resources.backgroundThreads]
    }

    /// The tenant's engine, opened if need be.
    ///
    /// - Throws: `unavailable` when the tenant's files cannot be read or the host is closing.
    func engine(for tenant: TenantID) async throws -> TenantEngine {
        let slot = try state.withLock { state throws(ServiceError) -> Slot in
            guard !state.isClosed else { throw Self.closing }
            switch state.slots[tenant] {
            case .open(let engine)? where engine.failedAt == nil: return .open(engine)
            case .opening(let task)?: return .opening(task)
            case .open(let failed)?: return startOpening(tenant, after: failed, &state)
            case nil: return startOpening(tenant, after: nil, &state)
            }
        }
        switch slot {
        case .open(let engine): return engine
        case .opening(let task): return try await task.value
        }
    }

    /// Finishes what is queued in every tenant and closes all files. Later calls are refused.
    package func close() async {
        let slots = state.withLock { state in
            state.isClosed = true
            return state.slots.values.map { $0 }
        }
        await close(slots)
        for pool in threadPools { try? await pool.shutdownGracefully() }
    }

    /// Closes every tenant and removes all tenants' files.
    package func removeEverything() async throws {
        let slots = state.withLock { state in
            defer { state.slots = [:] }
            return state.slots.values.map { $0 }
        }
        await close(slots)
        try await onIOThread { [fileSystem, configuration] in
            try fileSystem.removeTree(configuration.directory)
        }
    }

    private func close(_ slots: [Slot]) async {
        for slot in slots {
            switch slot {
            case .open(let engine): await engine.close()
            case .opening(let task): await (try? task.value)?.close()
            }
        }
    }

    /// Puts an opening task into the tenant's slot.
    private func startOpening(
        _ tenant: TenantID, after failed: TenantEngine?, _ state: inout State
    ) -> Slot {
        let task = Task { [self] in
            await failed?.close()
            return try await finishOpening(tenant, after: failed)
        }
        state.slots[tenant] = .opening(task)
        return .opening(task)
    }

    /// - Parameter failed: the tenant's last engine, if its log failed. As long as no new one
    ///   opens it keeps the slot, since it alone knows what was never acknowledged.
    private func finishOpening(_ tenant: TenantID, after failed: TenantEngine?) async throws
        -> TenantEngine
    {
        do {
            let engine = try await onIOThread { [self] in
                let opener = TenantOpener(
                    fileSystem: fileSystem, configuration: configuration,
                    writes: resources.writes, logger: resources.logger)
                let opened = try opener.open(tenant, durableEnd: failed?.failedAt)
                return TenantEngine(
                    opened: opened, configuration: configuration, resources: resources)
            }
            state.withLock { $0.slots[tenant] = .open(engine) }
            return engine
        } catch {
            state.withLock { $0.slots[tenant] = failed.map(Slot.open) }
            resources.logger.error(
                "tenant cannot be opened; its files are untouched",
                metadata: ["tenant": "\(tenant)", "error": "\(error)"])
            throw ServiceError(
                .unavailable, "This tenant's data cannot be opened now; its operator was told",
                cause: error)
        }
    }

    private func onIOThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result)
        async throws -> Result
    {
        try await resources.ioThreads.runIfActive(body)
    }

    private static let closing = ServiceError(
        .unavailable, "The server is shutting down; retry with another frontend")
}

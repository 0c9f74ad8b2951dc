import Access
import ChromaModel
import Logging
import NIOCore
import NIOPosix
import Platform
import Synchronization
import TenantStorage

/// Opens tenants when they are first asked for and closes those that nobody uses.
///
/// **Invariants:** at most one engine of a tenant is open, whoever asks at once. No more tenants
/// are open than `tenantsOpenMax`. A tenant that is in use is not closed. A tenant that cannot be
/// opened affects nobody else: its requests get 503 and the next one tries again.
package final class TenantEngineHost: Sendable {
    struct State {
        var slots = TenantSlots()
        /// Closings under way.
        var closingCount = 0
        var lastClosing: UInt64 = 0
        var isClosed = false
        /// Purged tenants: a request that was let in before must not make them anew.
        var removed: Set<TenantID> = []
        var usage = UsageCollection()
    }

    let configuration: EngineConfiguration
    let random: any RandomSource
    let searches: SearchExecutor
    let resources: EngineResources
    let state = Mutex(State())
    let permits: OpenPermits
    let mappings = MappingMeter()
    let gate = CollectionGate()
    let fileSystem: any FileSystem
    private let sweeper = Mutex<Task<Void, Never>?>(nil)

    package init(
        configuration: EngineConfiguration, fileSystem: any FileSystem,
        time: any TimeSource = SystemTimeSource(), random: any RandomSource, logger: Logger
    ) {
        self.configuration = configuration
        self.fileSystem = MeteredFileSystem(base: fileSystem, meter: mappings)
        self.random = random
        searches = SearchExecutor(
            coresMax: configuration.searchThreads > 0
                ? configuration.searchThreads : System.coreCount, time: time)
        resources = EngineResources(
            ioThreads: NIOThreadPool(numberOfThreads: max(configuration.ioThreads, 1)),
            backgroundThreads: NIOThreadPool(numberOfThreads: 1),
            readingThreads: NIOThreadPool(numberOfThreads: Self.readingThreadCount),
            indexThreads: NIOThreadPool(numberOfThreads: max(configuration.indexes.threads, 1)),
            indexMemory: IndexMemory(bytesMax: configuration.indexes.memoryBytesMax),
            time: time, random: random,
            writes: WriteBudget(limits: configuration.writeLimits), freed: FreedMemory(),
            metrics: EngineMetrics(),
            slowSearchNanoseconds: configuration.slowSearchNanoseconds, logger: logger)
        permits = OpenPermits(
            count: configuration.tenantsOpenMax,
            waitNanoseconds: configuration.openWaitNanoseconds)
        for pool in threadPools { pool.start() }
        resources.writes.makeRoom { [weak self] budget in self?.sealTail(of: budget) ?? false }
        sweeper.withLock { $0 = startSweeping() }
    }

    private var threadPools: [NIOThreadPool] {
        [
            resources.ioThreads, resources.backgroundThreads, resources.readingThreads,
            resources.indexThreads,
        ]
    }

    /// Calls `body` with the tenant's engine, opened if need be, and keeps it open meanwhile.
    ///
    /// - Throws: `unavailable` when the tenant's files cannot be read or the host is closing,
    ///   `resourceExhausted` when too many tenants are in use, and what `body` throws.
    func withEngine<Result: Sendable>(
        for tenant: TenantID, _ body: (TenantEngine) async throws -> Result
    ) async throws -> Result {
        let stage = try state.withLock { state throws(ServiceError) -> TenantSlots.Stage in
            let stage = try stageInUse(tenant, &state)
            state.slots.beginLease(tenant)
            return stage
        }
        defer { endLease(tenant) }
        switch stage {
        case .open(let engine): return try await body(engine)
        case .opening(let task): return try await body(try await task.value)
        case .closing: throw Self.closing
        }
    }

    /// The tenant's engine, which may be closed as soon as nobody uses it.
    func engine(for tenant: TenantID) async throws -> TenantEngine {
        try await withEngine(for: tenant) { $0 }
    }

    /// Finishes what is queued in every tenant and closes all files. Later calls are refused.
    package func close() async {
        state.withLock { $0.isClosed = true }
        permits.close()
        sweeper.withLock { $0 }?.cancel()
        await closeAll()
        await searches.shutDown()
        for pool in threadPools { try? await pool.shutdownGracefully() }
    }

    /// Closes every tenant and removes all tenants' files.
    package func removeEverything() async throws {
        await closeAll()
        try await onIOThread { [fileSystem, configuration] in
            try fileSystem.removeTree(configuration.directory)
        }
    }

    func onIOThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result)
        async throws -> Result
    {
        try await resources.ioThreads.runIfActive(body)
    }

    var now: UInt64 { resources.time.monotonicNanoseconds() }

    /// The tenant's stage, where opening is begun unless it is open.
    private func stageInUse(_ tenant: TenantID, _ state: inout State) throws(ServiceError)
        -> TenantSlots.Stage
    {
        guard !state.isClosed else { throw Self.closing }
        guard !state.removed.contains(tenant) else { throw Self.removed }
        switch state.slots[tenant] {
        case .open(let engine)? where engine.failedAt == nil: return .open(engine)
        case .opening(let task)?: return .opening(task)
        case .open(let failed)?: return startOpening(tenant, after: failed, &state)
        case .closing(let task, _)?: return startOpening(tenant, after: task, &state)
        case nil: return startOpening(tenant, after: nil as Task<Void, Never>?, &state)
        }
    }

    private func endLease(_ tenant: TenantID) {
        state.withLock { $0.slots.endLease(tenant, at: now) }
        closeSome()
    }

    /// Seals the tail of a tenant that is at its bound, or the largest tail.
    ///
    /// - Returns: whether a seal is under way.
    private func sealTail(of budget: TenantBudget?) -> Bool {
        let engines = state.withLock { $0.slots.openEngines }
        if let budget { return engines.first { $0.budget === budget }?.press() ?? false }
        return engines.sorted { $0.budget.tailBytes > $1.budget.tailBytes }.contains { $0.press() }
    }

    /// Collections that are read for the first time at once.
    private static let readingThreadCount = 4

    static let closing = ServiceError(
        .unavailable, "The server is shutting down; retry with another frontend")
}

import Access
import ChromaModel
import NIOPosix
import Platform
import Synchronization
import Telemetry

/// Runs searches on threads of their own, with a fair share of the processors for each tenant.
///
/// A tenant takes at most `coresMax` threads, and there are twice as many: so a tenant that
/// asks for all it can get lets a neighbour's search begin at once, and the system divides the
/// cores between their threads. Among more than two such tenants `DeficitRoundRobin` divides.
///
/// While one tenant alone searches, its short searches are run by the threads that ask for them,
/// which are event loops: the change to another thread and back costs more than they do. As soon
/// as there are two, each loop is to be free for the other's requests.
final class SearchExecutor: Sendable {
    private typealias Queue = DeficitRoundRobin<TenantID, SearchJob>

    private struct State {
        var queue: Queue
        var threadsFree: Int
        var lastTenant: TenantID?
        /// Until then more than one tenant is taken to be searching, in monotonic nanoseconds.
        var sharedUntilNanoseconds: UInt64 = 0
        var isShutDown = false

        /// The next job, if a thread is free for it.
        mutating func takeNext() -> Queue.Turn? {
            guard threadsFree > 0, let turn = queue.next() else { return nil }
            threadsFree -= 1
            return turn
        }

        mutating func ended(_ turn: Queue.Turn, cost: Int) {
            queue.ended(turn, cost: cost)
            threadsFree += 1
        }

        /// A turn of a tenant's short search on the thread that asks, if it is alone.
        mutating func takeHere(_ job: SearchJob, for tenant: TenantID, at now: UInt64)
            -> Queue.Turn?
        {
            guard now >= sharedUntilNanoseconds, !isShutDown else { return nil }
            return queue.takeAtOnce(job, for: tenant)
        }

        /// A tenant asks for a search.
        mutating func arrived(_ tenant: TenantID, at now: UInt64) {
            if let lastTenant, lastTenant != tenant {
                sharedUntilNanoseconds = now + aloneAfterNanoseconds
            }
            lastTenant = tenant
        }
    }

    /// A tenant is alone when no other asked for so long.
    private static let aloneAfterNanoseconds: UInt64 = 50_000_000

    /// Threads that a single tenant may take.
    let coresMax: Int
    private let threads: NIOThreadPool
    private let time: any TimeSource
    private let state: Mutex<State>

    /// - Parameter coresMax: at least 1.
    init(coresMax: Int, time: any TimeSource = SystemTimeSource()) {
        self.coresMax = coresMax
        self.time = time
        let threadCount = 2 * coresMax
        threads = NIOThreadPool(numberOfThreads: threadCount)
        state = Mutex(State(queue: Queue(runningMax: coresMax), threadsFree: threadCount))
        threads.start()
    }

    /// Runs `body` when it is the tenant's turn. A job whose task is cancelled before that
    /// doesn't run.
    ///
    /// Throws what `body` throws, `CancellationError`, and `unavailable` once it is shut down.
    ///
    /// - Parameter isShort: whether it is so short that this thread may run it.
    func run<Result: Sendable>(
        for tenant: TenantID, isShort: Bool = false,
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        let job = SearchJob()
        let now = time.monotonicNanoseconds()
        let turn = state.withLock { state -> Queue.Turn? in
            state.arrived(tenant, at: now)
            return isShort ? state.takeHere(job, for: tenant, at: now) : nil
        }
        if let turn { return try runHere(turn, body) }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                job.prepare { outcome in
                    switch outcome {
                    case .run: continuation.resume(with: Swift.Result { try body() })
                    case .refuse(let error): continuation.resume(throwing: error)
                    }
                }
                submit(job, for: tenant)
            }
        } onCancel: {
            job.end(.refuse(CancellationError()))
        }
    }

    /// Refuses what comes from now on, and returns when what was taken has ended.
    func shutDown() async {
        state.withLock { $0.isShutDown = true }
        try? await threads.shutdownGracefully()
    }

    private func submit(_ job: SearchJob, for tenant: TenantID) {
        let turn = state.withLock { state in
            state.queue.add(job, for: tenant)
            return state.takeNext()
        }
        if let turn { start(turn) }
    }

    private func start(_ turn: Queue.Turn) {
        threads.submit { [self] stage in
            var next: Queue.Turn? = turn
            while let turn = next {
                let cost = perform(turn.item, stage)
                next = state.withLock { state in
                    state.ended(turn, cost: cost)
                    return state.takeNext()
                }
            }
        }
    }

    /// Runs the body of a turn that no thread of the pool was taken for.
    private func runHere<Result>(_ turn: Queue.Turn, _ body: () throws -> Result) rethrows
        -> Result
    {
        let before = ThreadCPU.nanoseconds()
        defer {
            let cost = (ThreadCPU.nanoseconds() - before) / 1_000
            let next = state.withLock { state in
                state.queue.ended(turn, cost: cost)
                return state.takeNext()
            }
            if let next { start(next) }
        }
        return try body()
    }

    /// - Returns: what it cost in microseconds.
    private func perform(_ job: SearchJob, _ stage: NIOThreadPool.WorkItemState) -> Int {
        guard stage == .active else {
            job.end(.refuse(TenantEngineHost.closing))
            return 0
        }
        let before = ThreadCPU.nanoseconds()
        job.end(.run)
        return (ThreadCPU.nanoseconds() - before) / 1_000
    }
}

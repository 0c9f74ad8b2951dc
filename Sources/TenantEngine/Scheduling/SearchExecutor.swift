import Access
import ChromaModel
import NIOPosix
import Synchronization
import Telemetry

/// Runs searches on threads of their own, with a fair share of the processors for each tenant.
///
/// A tenant takes at most `coresMax` threads, and there are twice as many: so a tenant that
/// asks for all it can get lets a neighbour's search begin at once, and the system divides the
/// cores between their threads. Among more than two such tenants `DeficitRoundRobin` divides.
final class SearchExecutor: Sendable {
    private typealias Queue = DeficitRoundRobin<TenantID, SearchJob>

    private struct State {
        var queue: Queue
        var threadsFree: Int

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
    }

    /// Threads that a single tenant may take.
    let coresMax: Int
    private let threads: NIOThreadPool
    private let state: Mutex<State>

    /// - Parameter coresMax: at least 1.
    init(coresMax: Int) {
        self.coresMax = coresMax
        let threadCount = 2 * coresMax
        threads = NIOThreadPool(numberOfThreads: threadCount)
        state = Mutex(State(queue: Queue(runningMax: coresMax), threadsFree: threadCount))
        threads.start()
    }

    /// Runs `body` when it is the tenant's turn. A job whose task is cancelled before that
    /// doesn't run.
    ///
    /// Throws what `body` throws, `CancellationError`, and `unavailable` once it is shut down.
    func run<Result: Sendable>(
        for tenant: TenantID, _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        let job = SearchJob()
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

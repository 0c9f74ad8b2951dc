import Access
import ChromaModel
import NIOPosix
import Platform
import Synchronization

/// Runs searches on threads of their own, with a fair share of the processors for each tenant.
///
/// A tenant takes at most `coresMax` threads, and there are twice as many, half of them for
/// tenants that take more than their share (`SearchQueues`): so a tenant that asks for all it can
/// get lets a neighbour's search begin at once, on a thread that the system prefers.
///
/// Short searches of a tenant that searches alone, or takes little, are run by the threads that ask
/// for them, which are event loops: the change to another thread and back costs more than they do,
/// and where cores are short each change waits for one. Who takes much beside others does not: the
/// loops are to be free for the others' requests.
final class SearchExecutor: Sendable {
    private struct State {
        var queues: SearchQueues
        var isShutDown = false
    }

    /// Threads that a single tenant may take.
    let coresMax: Int
    private let promptThreads: NIOThreadPool
    private let bulkThreads: NIOThreadPool
    private let time: any TimeSource
    private let state: Mutex<State>

    /// - Parameter coresMax: at least 1.
    init(coresMax: Int, time: any TimeSource = SystemTimeSource()) {
        self.coresMax = coresMax
        self.time = time
        promptThreads = NIOThreadPool(numberOfThreads: coresMax)
        bulkThreads = NIOThreadPool(numberOfThreads: coresMax)
        state = Mutex(State(queues: SearchQueues(coresMax: coresMax)))
        promptThreads.start()
        bulkThreads.start()
    }

    /// Runs `body` when it is the tenant's turn. A job whose task is cancelled before that, or
    /// whose time is up, doesn't run; `body` is to ask the deadline while it does.
    ///
    /// Throws what `body` and the deadline throw, `CancellationError`, and `unavailable` once it
    /// is shut down.
    ///
    /// - Parameters:
    ///   - isShort: whether it is so short that this thread may run it.
    ///   - deadline: is given up when the task is cancelled.
    ///   - body: gets the watch that says what it costs; it may stop it before the end.
    func run<Result: Sendable>(
        for tenant: TenantID, isShort: Bool = false,
        until deadline: SearchDeadline = SearchDeadline(secondsMax: nil),
        _ body: @escaping @Sendable (inout ThreadStopwatch) throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        let job = SearchJob()
        let now = time.monotonicNanoseconds()
        let turn = state.withLock { state -> SearchQueues.Turn? in
            state.queues.arrived(tenant, at: now)
            guard isShort, !state.isShutDown else { return nil }
            return state.queues.takeHere(job, for: tenant)
        }
        if let turn { return try runHere(turn, body) }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                job.prepare { outcome in
                    switch outcome {
                    case .run:
                        var watch = ThreadStopwatch()
                        continuation.resume(
                            with: Swift.Result {
                                try deadline.check()
                                return try body(&watch)
                            })
                        return watch.stop()
                    case .refuse(let error):
                        continuation.resume(throwing: error)
                        return 0
                    }
                }
                submit(job, for: tenant)
            }
        } onCancel: {
            deadline.giveUp()
            job.end(.refuse(CancellationError()))
        }
    }

    /// Refuses what comes from now on, and returns when what was taken has ended.
    func shutDown() async {
        state.withLock { $0.isShutDown = true }
        try? await promptThreads.shutdownGracefully()
        try? await bulkThreads.shutdownGracefully()
    }

    private func submit(_ job: SearchJob, for tenant: TenantID) {
        let turn = state.withLock { state in
            state.queues.add(job, for: tenant)
            return state.queues.takeNext(on: .prompt) ?? state.queues.takeNext(on: .bulk)
        }
        if let turn { start(turn) }
    }

    /// Has a thread run a job, and those that come next.
    private func start(_ turn: SearchQueues.Turn) {
        let isBulk = turn.thread == .bulk
        (isBulk ? bulkThreads : promptThreads).submit { [self] stage in
            if stage == .active { (isBulk ? ThreadPriority.bulk : .prompt).take() }
            var next: SearchQueues.Turn? = turn
            while let turn = next {
                let cost = perform(turn.job, stage)
                next = ended(turn, cost: cost, on: isBulk ? .bulk : .prompt)
            }
        }
    }

    /// Counts what a job cost, and starts what may run now on a thread of the other kind.
    ///
    /// - Returns: what this thread is to run next.
    private func ended(_ turn: SearchQueues.Turn, cost: Int, on thread: SearchQueues.Kind)
        -> SearchQueues.Turn?
    {
        let (next, other) = state.withLock { state in
            state.queues.ended(turn, cost: cost)
            return (
                state.queues.takeNext(on: thread),
                state.queues.takeNext(on: thread == .bulk ? .prompt : .bulk)
            )
        }
        if let other { start(other) }
        return next
    }

    /// Runs the body of a turn that no thread of the pools was taken for.
    private func runHere<Result>(
        _ turn: SearchQueues.Turn, _ body: (inout ThreadStopwatch) throws -> Result
    ) rethrows -> Result {
        var watch = ThreadStopwatch()
        defer {
            let next = ended(turn, cost: watch.stop() / 1_000, on: .prompt)
            if let next { start(next) }
        }
        return try body(&watch)
    }

    /// - Returns: what it cost in microseconds.
    private func perform(_ job: SearchJob, _ stage: NIOThreadPool.WorkItemState) -> Int {
        guard stage == .active else { return job.end(.refuse(TenantEngineHost.closing)) }
        return job.end(.run) / 1_000
    }
}

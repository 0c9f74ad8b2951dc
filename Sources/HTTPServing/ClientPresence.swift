import Synchronization

/// Whether a connection's client is still there, for work that is done for it alone.
///
/// One for each connection, known to all that its task does (`current`). When the client leaves
/// while such work goes on, the connection's task is cancelled: nothing is left for it to do.
package final class ClientPresence: Sendable {
    private struct State {
        var isGone = false
        /// Whether what goes on may be broken off.
        var isWaitedFor = false
        /// What serves the connection.
        var serving: Task<Void, Never>?

        /// What is to be cancelled now.
        var abandoned: Task<Void, Never>? { isGone && isWaitedFor ? serving : nil }
    }

    /// That of the connection whose request is worked on.
    @TaskLocal package static var current: ClientPresence?

    private let state = Mutex(State())

    package init() {}

    /// Whether nobody is there to be answered.
    package var isGone: Bool { state.withLock { $0.isGone } }

    /// Does work that is worth nothing without its client: its task is cancelled when the client
    /// leaves. Throws what the work throws.
    package func whileThere<Result>(_ work: () async throws -> Result) async throws -> Result {
        change { $0.isWaitedFor = true }
        defer { change { $0.isWaitedFor = false } }
        return try await work()
    }

    /// Serves a connection, whose task is cancelled as `whileThere` says, or with the caller's.
    func serve(
        on executor: any TaskExecutor, _ connection: @escaping @Sendable () async -> Void
    ) async {
        let task = Task(executorPreference: executor) {
            await Self.$current.withValue(self, operation: connection)
        }
        change { $0.serving = task }
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        // The task holds this object and this one the task.
        change { $0.serving = nil }
    }

    /// The client has left.
    func leave() { change { $0.isGone = true } }

    private func change(_ body: (inout sending State) -> Void) {
        let abandoned = state.withLock { state in
            body(&state)
            return state.abandoned
        }
        abandoned?.cancel()
    }
}

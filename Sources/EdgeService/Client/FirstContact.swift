import Synchronization

/// Something that happens once, and those who wait for it.
final class FirstContact: Sendable {
    private struct State {
        var isMade = false
        var waiters: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())

    func made() {
        let waiters = state.withLock { state in
            state.isMade = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.finish() }
    }

    /// Throws `CancellationError` when the task is cancelled before.
    func wait() async throws {
        let (stream, waiter) = AsyncStream.makeStream(of: Void.self)
        let isMade = state.withLock { state in
            if !state.isMade { state.waiters.append(waiter) }
            return state.isMade
        }
        if isMade { return }
        for await _ in stream {}
        try Task.checkCancellation()
    }
}

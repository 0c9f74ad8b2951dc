import Synchronization

/// The port that a server got, for those who wait until it listens.
package final class ListeningPort: Sendable {
    private enum State {
        case waiting([CheckedContinuation<Int, any Error>])
        case known(Result<Int, any Error>)
    }

    private let state = Mutex<State>(.waiting([]))

    package init() {}

    /// Throws what kept the server from listening.
    package var value: Int {
        get async throws {
            try await withCheckedThrowingContinuation { waiter in
                let known: Result<Int, any Error>? = state.withLock { state in
                    switch state {
                    case .known(let result): return result
                    case .waiting(let waiters):
                        state = .waiting(waiters + [waiter])
                        return nil
                    }
                }
                if let known { waiter.resume(with: known) }
            }
        }
    }

    /// The first announcement counts.
    package func announce(_ result: Result<Int, any Error>) {
        let waiters = state.withLock { state -> [CheckedContinuation<Int, any Error>] in
            guard case .waiting(let waiters) = state else { return [] }
            state = .known(result)
            return waiters
        }
        for waiter in waiters { waiter.resume(with: result) }
    }
}

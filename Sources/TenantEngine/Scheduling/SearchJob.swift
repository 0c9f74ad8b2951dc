import Synchronization

/// One search that waits for its turn; it is run or refused, once.
final class SearchJob: Sendable {
    enum Outcome {
        case run
        case refuse(any Error)
    }

    private enum State {
        case unprepared
        case waiting(@Sendable (Outcome) -> Void)
        /// Refused before there was anything to refuse.
        case refused(any Error)
        case ended
    }

    private let state = Mutex(State.unprepared)

    /// - Parameter body: called once, with what becomes of the job.
    func prepare(_ body: @escaping @Sendable (Outcome) -> Void) {
        let refusal: (any Error)? = state.withLock { state in
            guard case .refused(let error) = state else {
                state = .waiting(body)
                return nil
            }
            state = .ended
            return error
        }
        if let refusal { body(.refuse(refusal)) }
    }

    /// Runs or refuses the job on this thread, unless that was done.
    func end(_ outcome: Outcome) {
        let body = state.withLock { state -> (@Sendable (Outcome) -> Void)? in
            switch (state, outcome) {
            case (.waiting(let body), _):
                state = .ended
                return body
            case (.unprepared, .refuse(let error)): state = .refused(error)
            default: break
            }
            return nil
        }
        body?(outcome)
    }
}

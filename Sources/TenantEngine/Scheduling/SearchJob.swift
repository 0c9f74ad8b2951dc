import Synchronization

/// One search that waits for its turn; it is run or refused, once.
final class SearchJob: Sendable {
    enum Outcome {
        case run
        case refuse(any Error)
    }

    /// - Returns: the processor time that it took, in nanoseconds.
    typealias Body = @Sendable (Outcome) -> Int

    private enum State {
        case unprepared
        case waiting(Body)
        /// Refused before there was anything to refuse.
        case refused(any Error)
        case ended
    }

    private let state = Mutex(State.unprepared)

    /// - Parameter body: called once, with what becomes of the job.
    func prepare(_ body: @escaping Body) {
        let refusal: (any Error)? = state.withLock { state in
            guard case .refused(let error) = state else {
                state = .waiting(body)
                return nil
            }
            state = .ended
            return error
        }
        if let refusal { _ = body(.refuse(refusal)) }
    }

    /// Runs or refuses the job on this thread, unless that was done.
    ///
    /// - Returns: the processor time that it took, in nanoseconds.
    @discardableResult
    func end(_ outcome: Outcome) -> Int {
        let body = state.withLock { state -> Body? in
            switch (state, outcome) {
            case (.waiting(let body), _):
                state = .ended
                return body
            case (.unprepared, .refuse(let error)): state = .refused(error)
            default: break
            }
            return nil
        }
        return body?(outcome) ?? 0
    }
}

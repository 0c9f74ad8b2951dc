import Synchronization

/// A fixed number of permits, handed out in the order they were asked for.
final class PermitQueue: Sendable {
    private struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var free: Int
        var waiters: [Waiter] = []
        var nextID: UInt64 = 0
    }

    private let state: Mutex<State>
    private let waitersMax: Int

    init(permits: Int, waitersMax: Int) {
        state = Mutex(State(free: permits))
        self.waitersMax = waitersMax
    }

    /// Waits for a permit; every call that returns must be followed by `release`.
    /// Throws `CancellationError`, or `PostgresError` when too many wait already.
    func acquire() async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let granted = await withTaskCancellationHandler {
            await withCheckedContinuation { enqueue(Waiter(id: id, continuation: $0)) }
        } onCancel: {
            drop(id)
        }
        guard granted else {
            try Task.checkCancellation()
            throw PostgresError(sqlState: "53300", message: "too many callers wait for a session")
        }
    }

    struct Usage: Sendable {
        let free: Int
        let waiting: Int
    }

    var usage: Usage {
        state.withLock { Usage(free: $0.free, waiting: $0.waiters.count) }
    }

    func release() {
        let next = state.withLock { state -> Waiter? in
            guard !state.waiters.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiters.removeFirst()
        }
        next?.continuation.resume(returning: true)
    }

    private func enqueue(_ waiter: Waiter) {
        let answer = state.withLock { state -> Bool? in
            if Task.isCancelled || state.waiters.count >= waitersMax { return false }
            if state.free == 0 {
                state.waiters.append(waiter)
                return nil
            }
            state.free -= 1
            return true
        }
        if let answer { waiter.continuation.resume(returning: answer) }
    }

    private func drop(_ id: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            guard let place = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiters.remove(at: place)
        }
        waiter?.continuation.resume(returning: false)
    }
}

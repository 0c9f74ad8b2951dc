import ChromaModel
import Synchronization

/// Permits to have a tenant open: as many as there may be open at once.
///
/// Who finds none waits, in order of arrival, until somebody else's tenant is closed.
final class OpenPermits: Sendable {
    private struct Waiter {
        let number: UInt64
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var free: Int
        var waiters: [Waiter] = []
        var lastNumber: UInt64 = 0
        var isClosed = false
    }

    private enum Verdict {
        case take
        case wait(UInt64)
        case refuse
    }

    private let state: Mutex<State>
    private let waitNanoseconds: UInt64

    init(count: Int, waitNanoseconds: UInt64) {
        state = Mutex(State(free: max(count, 1)))
        self.waitNanoseconds = waitNanoseconds
    }

    /// How many wait for a permit.
    var shortage: Int { state.withLock { $0.waiters.count } }

    /// Takes a permit.
    ///
    /// - Parameter onShortage: called when there is none; should have somebody give one back.
    /// - Throws: `resourceExhausted` when none came in time, `unavailable` when closed.
    func take(onShortage: @Sendable () -> Void) async throws {
        try await withCheckedThrowingContinuation { continuation in
            let verdict = state.withLock { state -> Verdict in
                if state.isClosed { return .refuse }
                if state.free > 0 {
                    state.free -= 1
                    return .take
                }
                state.lastNumber += 1
                state.waiters.append(
                    Waiter(number: state.lastNumber, continuation: continuation))
                return .wait(state.lastNumber)
            }
            switch verdict {
            case .take: continuation.resume()
            case .refuse: continuation.resume(throwing: TenantEngineHost.closing)
            case .wait(let number):
                onShortage()
                refuse(number, after: waitNanoseconds)
            }
        }
    }

    /// Gives a permit back.
    func release() {
        let next = state.withLock { state -> Waiter? in
            guard state.waiters.isEmpty else { return state.waiters.removeFirst() }
            state.free += 1
            return nil
        }
        next?.continuation.resume()
    }

    /// Refuses whoever waits and will.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume(throwing: TenantEngineHost.closing) }
    }

    private func refuse(_ number: UInt64, after nanoseconds: UInt64) {
        Task { [self] in
            try? await Task.sleep(nanoseconds: nanoseconds)
            let waiter = state.withLock { state -> Waiter? in
                let place = state.waiters.firstIndex { $0.number == number }
                return place.map { state.waiters.remove(at: $0) }
            }
            waiter?.continuation.resume(throwing: Self.none)
        }
    }

    private static let none = ServiceError(
        .resourceExhausted, "Too many tenants are in use at once; retry the request later")
}

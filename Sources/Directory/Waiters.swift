import Synchronization

/// Tasks that wait until something has happened, or a little while: whoever is woken looks again,
/// and so does whoever came just after it had happened.
package final class Waiters: Sendable {
    private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])

    package init() {}

    /// Returns when woken, at the latest after so long.
    package func wait(milliseconds: Int) async {
        var timer: Task<Void, Never>?
        await withCheckedContinuation { waiter in
            waiting.withLock { $0.append(waiter) }
            // Begun when the waiter is in the list, or it might go by it.
            timer = Task {
                try? await Task.sleep(for: .milliseconds(milliseconds))
                self.wakeAll()
            }
        }
        timer?.cancel()
    }

    package func wakeAll() {
        let woken = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for waiter in woken { waiter.resume() }
    }
}

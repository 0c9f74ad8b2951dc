import Synchronization

/// The memory that builds of indexes take together, of all tenants.
///
/// A build that doesn't fit beside those that run waits for its turn, and the ones behind it too,
/// so that none waits for ever; one that would never fit runs alone.
final class IndexMemory: Sendable {
    private struct Build {
        let bytes: Int
        let start: @Sendable () -> Void
    }

    private struct State {
        var taken = 0
        var waiting = FIFO<Build>()
        /// Whether a thread is starting builds: others leave theirs to it.
        var isStarting = false

        /// The next build, if there is room for it.
        mutating func next(_ bytesMax: Int) -> Build? {
            guard let first = waiting.first, taken == 0 || taken + first.bytes <= bytesMax else {
                return nil
            }
            taken += first.bytes
            return waiting.popFirst()
        }
    }

    private let bytesMax: Int
    private let state = Mutex(State())

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// Bytes of the builds that were started.
    var taken: Int { state.withLock { $0.taken } }

    /// Calls `start` when there are so many bytes for it, now or later on any thread. Whoever was
    /// started gives them back.
    func take(_ bytes: Int, _ start: @escaping @Sendable () -> Void) {
        state.withLock { $0.waiting.append(Build(bytes: bytes, start: start)) }
        startNext()
    }

    func giveBack(_ bytes: Int) {
        state.withLock { $0.taken -= bytes }
        startNext()
    }

    private func startNext() {
        guard
            state.withLock({ state in
                defer { state.isStarting = true }
                return !state.isStarting
            })
        else { return }
        while let build = state.withLock({ state in
            let build = state.next(bytesMax)
            state.isStarting = build != nil
            return build
        }) { build.start() }
    }
}

import Synchronization

/// Whether a transaction got as far as its COMMIT: when it failed before, nothing has changed; when
/// it failed there, nobody can say.
final class CommitPoint: Sendable {
    private let reached = Mutex(false)

    var isReached: Bool { reached.withLock { $0 } }

    func reach() { reached.withLock { $0 = true } }
}

import Platform
import Synchronization

/// The newest changes of the directory, for those who follow it.
///
/// Whoever reads the epoch log tells the feed; each follower asks what is new after the change it
/// has had last, and is woken when there is something.
package final class ConfigFeed: Sendable {
    /// Changes kept. A follower that is further behind forgets all it knows instead.
    private static let countMax = 10_000

    fileprivate struct State {
        /// In order, without a gap; the first has the epoch after `forgottenEpoch`.
        var changes: [NumberedChange] = []
        var forgottenEpoch: Int64 = 0
        var epoch: Int64 = 0
        /// The last change that this process made itself; it may not have been read back yet.
        var committedEpoch: Int64 = 0
        /// Up to this monotonic time there was nothing more.
        var completeNanoseconds: UInt64 = 0
        /// Raised when nobody can say any more what changed.
        var resets: UInt64 = 0
        /// Who comes back and is not as far as this has missed a reset.
        var returnEpochMin: Int64 = 0
        var followers: [Int: AsyncStream<Void>.Continuation] = [:]
        var followersMade = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// What a follower is told at once.
    package struct News: Sendable {
        package let changes: [NumberedChange]
        /// Up to which change this is everything.
        package let epoch: Int64
        package let completeNanoseconds: UInt64
        package let resets: UInt64
    }

    /// The log begins here, as far as this feed knows: what was before is not told any more.
    package func begin(at epoch: Int64) {
        state.withLock { state in
            state.changes = []
            state.forgottenEpoch = epoch
            state.epoch = epoch
            state.resets += 1
        }
        wake()
    }

    /// These changes come next, in their order.
    package func append(_ changes: [NumberedChange]) {
        guard let last = changes.last else { return }
        state.withLock { state in
            guard last.epoch > state.epoch else { return }
            state.changes += changes.filter { $0.epoch > state.epoch }
            state.epoch = last.epoch
            let excess = state.changes.count - Self.countMax
            guard excess > 0 else { return }
            state.forgottenEpoch = state.changes[excess - 1].epoch
            state.changes.removeFirst(excess)
        }
        wake()
    }

    /// There was nothing but what was appended, up to this monotonic time.
    package func complete(atNanoseconds known: UInt64) {
        state.withLock { $0.completeNanoseconds = max($0.completeNanoseconds, known) }
    }

    /// This process has committed a change itself, and will read it back from the log.
    package func committed(_ epoch: Int64) {
        state.withLock { $0.committedEpoch = max($0.committedEpoch, epoch) }
    }

    /// The log can't be read, but nothing is committed either: what was appended is still all, up
    /// to this monotonic time. What this process committed last and couldn't read back is not
    /// told one by one.
    package func vouch(atNanoseconds now: UInt64) {
        state.withLock { state in
            state.completeNanoseconds = max(state.completeNanoseconds, now)
            guard state.committedEpoch > state.epoch else { return }
            state.changes = []
            state.forgottenEpoch = state.committedEpoch
            state.epoch = state.committedEpoch
            state.resets += 1
        }
        wake()
    }

    /// Nobody knows what changed: every follower must forget what it knows.
    package func reset() {
        state.withLock { state in
            state.resets += 1
            state.returnEpochMin = state.epoch + 1
        }
        wake()
    }

    /// What is new for one who has had everything up to an epoch.
    ///
    /// - Parameter resets: of the news it had last.
    package func news(after epoch: Int64, resets: UInt64) -> News {
        state.withLock { state in
            state.news(after: epoch, isCovered: resets == state.resets)
        }
    }

    /// As above, for one who comes back, perhaps from another start of this process: it goes on
    /// from where it was if everything since is known here, and forgets all it knows otherwise.
    package func newsForReturning(after epoch: Int64) -> News {
        state.withLock { state in
            state.news(after: epoch, isCovered: epoch >= state.returnEpochMin)
        }
    }

    /// Something comes out of it whenever there may be news, until the caller lets go of it.
    package func wakeUps() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.followersMade += 1
            state.followers[state.followersMade] = continuation
            return state.followersMade
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.followers[number] = nil }
        }
        return stream
    }

    package var epoch: Int64 { state.withLock { $0.epoch } }

    private func wake() {
        let followers = state.withLock { Array($0.followers.values) }
        for follower in followers { follower.yield() }
    }
}

extension ConfigFeed.State {
    fileprivate func news(after follower: Int64, isCovered: Bool) -> ConfigFeed.News {
        let isKnown = isCovered && follower >= forgottenEpoch && follower <= epoch
        return ConfigFeed.News(
            changes: isKnown
                ? later(than: follower) : [NumberedChange(epoch: epoch, change: .reset)],
            epoch: epoch, completeNanoseconds: completeNanoseconds, resets: resets)
    }

    /// The epochs have gaps where transactions were rolled back, so the place is searched.
    fileprivate func later(than epoch: Int64) -> [NumberedChange] {
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].epoch <= epoch { low = middle + 1 } else { high = middle }
        }
        return Array(changes[low...])
    }
}

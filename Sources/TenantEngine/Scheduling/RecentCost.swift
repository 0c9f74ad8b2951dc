import Synchronization

/// What searches of one kind cost of late: it says whether the next one is short enough to be run
/// by the thread that asks for it.
///
/// What a search cost counts at once when it was more than expected, and bit by bit when it was
/// less; so a kind becomes short slowly and stops being so with one search.
final class RecentCost: Sendable {
    /// A change of thread and back costs some 50 µs and wakes two threads; to an event loop's
    /// other connections so long a search is what a large body or answer is.
    static let shortMicroseconds = 400
    /// What a search counts that had to wait for the disk: the next hundred or so aren't short.
    static let diskMicroseconds = 1_000_000_000
    /// Nothing is known yet.
    private static let firstMicroseconds = 2_000

    private let expected = Atomic(firstMicroseconds)

    var isShort: Bool { expected.load(ordering: .relaxed) <= Self.shortMicroseconds }

    /// - Parameters:
    ///   - microseconds: of processor time.
    ///   - waitedForDisk: whether it used what was not in memory.
    func note(microseconds: Int, waitedForDisk: Bool) {
        let cost = waitedForDisk ? Self.diskMicroseconds : microseconds
        // Two at once may lose one of the two: it is an estimate.
        let last = expected.load(ordering: .relaxed)
        expected.store(max(cost, last - (last - cost) / 8), ordering: .relaxed)
    }
}

/// The costs of a collection's searches, by kind.
final class SearchCosts: Sendable {
    let get = RecentCost()
    let query = RecentCost()
    let filteredQuery = RecentCost()
}

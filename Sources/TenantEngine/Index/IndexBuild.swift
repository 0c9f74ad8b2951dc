import Platform
import Synchronization
import TenantStorage

/// A build that waits or runs, and whether its result is still wanted.
final class IndexBuild: Sendable {
    let part: SegmentPart
    private let cancelled = Atomic(false)
    private let nextLook = Atomic<UInt64>(0)
    private let time: any TimeSource
    private let isWanted: @Sendable (SegmentPart) -> Bool

    /// Looking whether anyone still reads the rows walks all collections.
    private static let lookNanoseconds: UInt64 = 1_000_000_000

    init(
        of part: SegmentPart, time: any TimeSource,
        isWanted: @escaping @Sendable (SegmentPart) -> Bool
    ) {
        self.part = part
        self.time = time
        self.isWanted = isWanted
    }

    func cancel() { cancelled.store(true, ordering: .relaxed) }

    /// Costs nothing most of the time.
    var isCancelled: Bool {
        if cancelled.load(ordering: .relaxed) { return true }
        let now = time.monotonicNanoseconds()
        guard now >= nextLook.load(ordering: .relaxed) else { return false }
        nextLook.store(now + Self.lookNanoseconds, ordering: .relaxed)
        if !isWanted(part) { cancel() }
        return cancelled.load(ordering: .relaxed)
    }
}

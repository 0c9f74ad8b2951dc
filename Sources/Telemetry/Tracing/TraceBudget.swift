import Platform
import Synchronization

/// So many traces a second, those of one second at once at most (GCRA, a cell each).
final class TraceBudget: Sendable {
    private static let burstNanoseconds: UInt64 = 1_000_000_000

    private let nanosecondsEach: UInt64
    /// When what was taken will have been earned.
    private let earned = Atomic<UInt64>(0)

    /// - Parameter perSecond: above 0.
    init(perSecond: Double) {
        nanosecondsEach = UInt64(
            min(Double(Self.burstNanoseconds) / perSecond, 0x1p62).rounded(.up))
    }

    /// Whether there is one left, which is taken then.
    ///
    /// - Parameter now: nanoseconds of a monotonic clock.
    func takes(at now: UInt64) -> Bool {
        var known = earned.load(ordering: .relaxed)
        while true {
            let start = max(known, now)
            // One is always left after a long rest, however few there are.
            guard start == now || start - now + nanosecondsEach <= Self.burstNanoseconds else {
                return false
            }
            let (isTaken, found) = earned.compareExchange(
                expected: known, desired: start + nanosecondsEach, ordering: .relaxed)
            if isTaken { return true }
            known = found
        }
    }
}

import Platform
import Synchronization

/// A clock that a test moves by hand.
package final class ManualTimeSource: TimeSource {
    private let unix: Atomic<UInt64>
    private let monotonic: Atomic<UInt64>

    /// - Parameter unixSeconds: what the wall clock says at first; the monotonic one begins at 0.
    package init(unixSeconds: UInt64 = 1_700_000_000) {
        unix = Atomic(unixSeconds * 1_000_000_000)
        monotonic = Atomic(0)
    }

    package func unixNanoseconds() -> UInt64 { unix.load(ordering: .relaxed) }
    package func monotonicNanoseconds() -> UInt64 { monotonic.load(ordering: .relaxed) }

    /// Lets time pass on both clocks.
    package func advance(nanoseconds: UInt64) {
        unix.wrappingAdd(nanoseconds, ordering: .relaxed)
        monotonic.wrappingAdd(nanoseconds, ordering: .relaxed)
    }

    package func advance(seconds: UInt64) { advance(nanoseconds: seconds * 1_000_000_000) }

    /// Steps the wall clock, forwards or back, as an operator or NTP does.
    package func setUnix(seconds: UInt64) {
        unix.store(seconds * 1_000_000_000, ordering: .relaxed)
    }
}

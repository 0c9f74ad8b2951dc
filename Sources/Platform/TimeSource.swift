import Glibc

/// Where time comes from. Tests put a manual clock here.
package protocol TimeSource: Sendable {
    /// Nanoseconds since the Unix epoch; may step.
    func unixNanoseconds() -> UInt64
    /// Nanoseconds that never go backwards; for measuring and expiry inside one process.
    func monotonicNanoseconds() -> UInt64
}

extension TimeSource {
    package func unixMilliseconds() -> UInt64 { unixNanoseconds() / 1_000_000 }
    package func unixSeconds() -> UInt64 { unixNanoseconds() / 1_000_000_000 }
}

/// The system's clocks.
package struct SystemTimeSource: TimeSource {
    package init() {}

    package func unixNanoseconds() -> UInt64 { read(CLOCK_REALTIME) }
    package func monotonicNanoseconds() -> UInt64 { read(CLOCK_MONOTONIC) }

    private func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

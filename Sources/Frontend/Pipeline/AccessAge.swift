import Platform

/// How long an answer to "may they?" holds: as long as another process may take to hear of a
/// revocation. What a caller sends after that is only read on, not acted on, without asking again.
enum AccessAge {
    static let secondsMax: UInt64 = 5

    /// - Parameter start: when access was asked for or earlier, by the monotonic clock.
    static func isStale(since start: UInt64, _ time: any TimeSource) -> Bool {
        time.monotonicNanoseconds() - start > secondsMax * 1_000_000_000
    }
}

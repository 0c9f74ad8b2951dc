import Synchronization
import Telemetry

/// What became of one signal's items, and whether the last export worked.
final class ExportCounts: Sendable {
    let sent = Counter()
    /// Refused, or not taken in time.
    let lost = Counter()
    private let isFailing = Atomic(false)

    /// Whether this is the first failure of a row.
    func failed() -> Bool { !isFailing.exchange(true, ordering: .relaxed) }
    /// Whether a row of failures ends.
    func recovered() -> Bool { isFailing.exchange(false, ordering: .relaxed) }
}

import Logging
import Platform
import Telemetry

/// Sends requests again while that may help, with growing pauses, and gives up in time.
struct RetryingExport: Sendable {
    let signal: OTLPSignal
    let sender: any OTLPSender
    /// All tries of one request together.
    let patienceMilliseconds: Int
    let counts: ExportCounts
    let logger: Logger

    private static let pauseMillisecondsMin = 500
    private static let pauseMillisecondsMax = 5_000

    /// Sends a request of so many items. What can't be sent is counted and gone.
    func send(_ request: [UInt8], items: Int) async {
        let time = SystemTimeSource()
        let deadline =
            time.monotonicNanoseconds() + UInt64(max(patienceMilliseconds, 1)) * 1_000_000
        var pause = Self.pauseMillisecondsMin
        while true {
            do {
                try await sender.send(request)
                return succeeded(items)
            } catch {
                let wait = error.retryAfterMilliseconds ?? Int.random(in: pause / 2...pause)
                let next = time.monotonicNanoseconds() + UInt64(wait) * 1_000_000
                guard error.isRetryable, next < deadline, !Task.isCancelled else {
                    return failed(items, error)
                }
                try? await Task.sleep(for: .milliseconds(wait))
                pause = min(2 * pause, Self.pauseMillisecondsMax)
            }
        }
    }

    private func succeeded(_ items: Int) {
        counts.sent.add(items)
        if counts.recovered() {
            logger.notice(
                "telemetry is exported again", metadata: ["signal": "\(signal.rawValue)"])
        }
    }

    /// Said once for each row of failures, however long it is.
    private func failed(_ items: Int, _ refusal: OTLPRefusal) {
        counts.lost.add(items)
        if counts.failed() {
            logger.warning(
                "telemetry can't be exported and is dropped; check otel.exporter_otlp_endpoint",
                metadata: ["signal": "\(signal.rawValue)", "error": "\(refusal)"])
        }
    }
}

import Platform
import Telemetry

/// The id of a request in logs, traces and answers: 32 lower-case hex digits, not all zero.
struct TraceID: Sendable, CustomStringConvertible {
    let description: String

    init(from random: any RandomSource) {
        let (high, low) = random.pair()
        description = Self.hex(high) + Self.hex(low | 1)
    }

    /// That of a span.
    init(_ trace: TraceContext) { description = trace.traceID }

    /// The trace id of a W3C `traceparent` header (Trace Context §3.2); nil when it is not valid.
    init?(traceparent: String) {
        guard let trace = TraceContext(traceparent: traceparent) else { return nil }
        self.init(trace)
    }

    private static func hex(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

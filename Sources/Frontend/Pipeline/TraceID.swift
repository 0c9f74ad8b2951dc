import ChromaModel
import Platform
import Telemetry

/// The id of a request in logs, traces and answers: 32 lower-case hex digits, not all zero.
struct TraceID: Sendable, CustomStringConvertible {
    let description: String

    /// The same 128 bits, as the audit log has them.
    var uniqueID: UniqueID {
        UniqueID(
            high: UInt64(description.prefix(16), radix: 16) ?? 0,
            low: UInt64(description.suffix(16), radix: 16) ?? 0)
    }

    init(from random: any RandomSource) {
        let (high, low) = random.pair()
        description = String(unsafeUninitializedCapacity: 32) { text in
            for (place, word) in [high, low | 1].enumerated() {
                Self.write(word, to: text, at: 16 * place)
            }
            return 32
        }
    }

    /// That of a span.
    init(_ trace: TraceContext) { description = trace.traceID }

    /// The trace id of a W3C `traceparent` header (Trace Context §3.2); nil when it is not valid.
    init?(traceparent: String) {
        guard let trace = TraceContext(traceparent: traceparent) else { return nil }
        self.init(trace)
    }

    private static func write(
        _ word: UInt64, to text: UnsafeMutableBufferPointer<UInt8>, at start: Int
    ) {
        for place in 0..<16 {
            let digit = UInt8(truncatingIfNeeded: word >> (60 - 4 * place)) & 15
            text[start + place] = digit + UInt8(ascii: digit < 10 ? "0" : "W")
        }
    }
}

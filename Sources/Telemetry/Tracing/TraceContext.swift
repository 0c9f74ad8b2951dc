/// Where in a trace something happens: W3C Trace Context's `traceparent` and `tracestate`.
package struct TraceContext: Sendable, Equatable {
    package let traceHigh: UInt64
    package let traceLow: UInt64
    package let spanID: UInt64
    package let isSampled: Bool
    /// As it came, handed on as it is; empty when there was none.
    package let state: String

    package init(
        traceHigh: UInt64, traceLow: UInt64, spanID: UInt64, isSampled: Bool, state: String = ""
    ) {
        self.traceHigh = traceHigh
        self.traceLow = traceLow
        self.spanID = spanID
        self.isSampled = isSampled
        self.state = state
    }

    /// Another span of the same trace.
    func at(_ spanID: UInt64) -> TraceContext {
        TraceContext(
            traceHigh: traceHigh, traceLow: traceLow, spanID: spanID, isSampled: isSampled,
            state: state)
    }

    /// Reads the two header fields (Trace Context §3.2, §3.3); nil when `traceparent` is not valid.
    package init?(traceparent: String, tracestate: String? = nil) {
        let fields = traceparent.utf8.split(
            separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard fields.count >= 4, let version = Self.hex(fields[0], 2), version != 0xFF,
            version != 0 || fields.count == 4,
            fields[1].count == 32, let high = Self.hex(fields[1].prefix(16), 16),
            let low = Self.hex(fields[1].dropFirst(16), 16), high | low != 0,
            let span = Self.hex(fields[2], 16), span != 0, let flags = Self.hex(fields[3], 2)
        else { return nil }
        self.init(
            traceHigh: high, traceLow: low, spanID: span, isSampled: flags & 1 == 1,
            state: tracestate.flatMap { $0.utf8.count <= Self.stateBytesMax ? $0 : nil } ?? "")
    }

    /// A longer `tracestate` may be dropped whole (Trace Context §3.3.1.5).
    private static let stateBytesMax = 512

    package var traceparent: String { "00-\(traceID)-\(spanIDText)-\(isSampled ? "01" : "00")" }

    /// 32 lower-case hex digits.
    package var traceID: String { Self.text(traceHigh) + Self.text(traceLow) }

    /// 16 lower-case hex digits.
    package var spanIDText: String { Self.text(spanID) }

    private static func hex(_ text: Substring.UTF8View, _ length: Int) -> UInt64? {
        guard text.count == length else { return nil }
        var value: UInt64 = 0
        for byte in text {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(byte - 0x30)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(byte - 0x57)
            default: return nil
            }
        }
        return value
    }

    private static func text(_ word: UInt64) -> String {
        String(unsafeUninitializedCapacity: 16) { bytes in
            for place in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * place)) & 0xF
                bytes[place] = digit < 10 ? 0x30 + digit : 0x57 + digit
            }
            return 16
        }
    }
}

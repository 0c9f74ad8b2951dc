import Platform

/// The id of a request in logs, traces and answers: 32 lower-case hex digits, not all zero.
struct TraceID: Sendable, CustomStringConvertible {
    let description: String

    init(from random: any RandomSource) {
        let (high, low) = random.pair()
        description = Self.hex(high) + Self.hex(low | 1)
    }

    /// The trace id of a W3C `traceparent` header (Trace Context §3.2); nil when it is not valid.
    init?(traceparent: String) {
        let fields = traceparent.utf8.split(
            separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard fields.count >= 4, Self.isHex(fields[0], 2), Self.isHex(fields[1], 32),
            Self.isHex(fields[2], 16), Self.isHex(fields[3], 2)
        else { return nil }
        let isVersionZero = fields[0].elementsEqual("00".utf8)
        guard !fields[0].elementsEqual("ff".utf8), !isVersionZero || fields.count == 4,
            !Self.isZero(fields[1]), !Self.isZero(fields[2])
        else { return nil }
        description = String(Substring(fields[1]))
    }

    private static func isHex(_ text: Substring.UTF8View, _ length: Int) -> Bool {
        text.count == length
            && text.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    private static func isZero(_ text: Substring.UTF8View) -> Bool {
        text.allSatisfy { $0 == UInt8(ascii: "0") }
    }

    private static func hex(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

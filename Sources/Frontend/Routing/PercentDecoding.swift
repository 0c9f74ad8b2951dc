/// Percent-decoding of one path segment (RFC 3986 §2.1), done exactly once.
enum PercentDecoding {
    /// The text, or nil when an escape is broken or the bytes are not UTF-8.
    ///
    /// - Parameter segment: UTF-8, apart from what its escapes stand for.
    static func decode<Bytes: Collection<UInt8>>(_ segment: Bytes) -> String?
    where Bytes.SubSequence == Bytes {
        guard segment.contains(UInt8(ascii: "%")) else {
            return String(decoding: segment, as: UTF8.self)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(segment.count)
        var rest = segment[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexValue),
                let low = rest.popFirst().flatMap(hexValue)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

/// JSON's string syntax (RFC 8259 §7).
enum JSONText {
    /// The text in quotes.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        appendEscaped(text, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// The text with quotes, backslashes and control characters escaped.
    static func appendEscaped(_ text: String, to bytes: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
            case 0..<0x20, 0x7F: appendCode(byte, to: &bytes)
            default: bytes.append(byte)
            }
        }
    }

    private static func appendCode(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "\\u00".utf8)
        for digit in [byte >> 4, byte & 0xF] {
            bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }
}

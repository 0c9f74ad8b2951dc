import NIOCore

extension JSONWriter {
    /// A string, quoted; only quotes, backslashes and control characters are escaped.
    mutating func string(_ text: String) {
        var copy = text
        copy.withUTF8 { bytes in
            buffer.reserveCapacity(minimumWritableBytes: bytes.count + 2)
            buffer.writeInteger(ASCII.quote)
            escaped(bytes)
            buffer.writeInteger(ASCII.quote)
        }
    }

    /// Copies runs that need no escape as they are.
    private mutating func escaped(_ bytes: UnsafeBufferPointer<UInt8>) {
        var start = 0
        while let special = Self.firstSpecial(bytes, from: start) {
            run(bytes, start..<special)
            escape(bytes[special])
            start = special + 1
        }
        run(bytes, start..<bytes.count)
    }

    private mutating func run(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        buffer.writeBytes(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[range])))
    }

    /// The place of the next byte to escape, looking at eight at once.
    private static func firstSpecial(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int
    ) -> Int? {
        var place = start
        let raw = UnsafeRawBufferPointer(bytes)
        while bytes.count - place >= 8 {
            if ByteWord.hasSpecial(raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)) {
                break
            }
            place += 8
        }
        return (place..<bytes.count).first { index in
            let byte = bytes[index]
            return byte == ASCII.quote || byte == ASCII.backslash || byte < 0x20
        }
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case ASCII.quote: raw("\\\"")
        case ASCII.backslash: raw("\\\\")
        case 0x0A: raw("\\n")
        case 0x0D: raw("\\r")
        case 0x09: raw("\\t")
        default:
            let digits = String(byte, radix: 16)
            raw(digits.utf8.count == 1 ? "\\u000" : "\\u00")
            raw(digits)
        }
    }
}

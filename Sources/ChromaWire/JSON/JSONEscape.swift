/// The escapes of JSON strings (RFC 8259 §7).
enum JSONEscape {
    /// What a one-letter escape stands for.
    @inline(__always)
    static func byte(for letter: UInt8) -> UInt8? {
        switch letter {
        case ASCII.quote, ASCII.backslash, .ascii("/"): letter
        case .ascii("b"): 0x08
        case .ascii("f"): 0x0C
        case .ascii("n"): 0x0A
        case .ascii("r"): 0x0D
        case .ascii("t"): 0x09
        default: nil
        }
    }

    /// The UTF-16 unit that four hexadecimal digits spell.
    @inline(__always)
    static func hexUnit(_ digits: UnsafePointer<UInt8>) -> UInt32? {
        var unit: UInt32 = 0
        for index in 0..<4 {
            let digit: UInt8
            switch digits[index] {
            case 0x30...0x39: digit = digits[index] - 0x30
            case 0x41...0x46: digit = digits[index] - 0x37
            case 0x61...0x66: digit = digits[index] - 0x57
            default: return nil
            }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    /// Writes the characters that `escaped`, already checked, stands for. They never take more
    /// bytes than their escapes. Returns the bytes written.
    static func unescape(
        _ escaped: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var read = 0
        var written = 0
        while read < escaped.count {
            let byte = escaped[read]
            guard byte == ASCII.backslash else {
                output[written] = byte
                read += 1
                written += 1
                continue
            }
            if let plain = self.byte(for: escaped[read + 1]) {
                output[written] = plain
                read += 2
                written += 1
            } else {
                for unit in UTF8.encode(scalar(escaped, &read)) ?? UTF8.encodedReplacementCharacter
                {
                    output[written] = unit
                    written += 1
                }
            }
        }
        return written
    }

    /// The character of a `\u` escape at `read`, both halves of a surrogate pair included.
    private static func scalar(
        _ escaped: UnsafeBufferPointer<UInt8>, _ read: inout Int
    ) -> Unicode.Scalar {
        guard let base = escaped.baseAddress else { return "\u{FFFD}" }
        let unit = hexUnit(base + read + 2) ?? 0xFFFD
        read += 6
        guard unit & 0xFC00 == 0xD800 else { return Unicode.Scalar(unit) ?? "\u{FFFD}" }
        let low = hexUnit(base + read + 2) ?? 0xDC00
        read += 6
        return Unicode.Scalar(0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF)) ?? "\u{FFFD}"
    }
}

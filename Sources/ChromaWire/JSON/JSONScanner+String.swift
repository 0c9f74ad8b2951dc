/// Where a string's characters lie in the text, quotes excluded.
struct JSONStringSpan {
    let range: Range<Int>
    let hasEscapes: Bool
}

extension JSONScanner {
    /// Reads a string.
    mutating func string() throws(JSONFailure) -> String {
        guard try valueByte() == ASCII.quote else { throw mismatch("a string") }
        return text(of: try stringSpan())
    }

    /// Passes over a string, whose quote is next, and checks all of it: escapes, control
    /// characters and UTF-8.
    mutating func stringSpan() throws(JSONFailure) -> JSONStringSpan {
        position += 1
        let start = position
        var hasEscapes = false
        var seen: UInt64 = 0
        while true {
            skipPlainBytes(&seen)
            guard position < count else { throw syntax("EOF while parsing a string") }
            let byte = base[position]
            if byte == ASCII.quote { break }
            guard byte == ASCII.backslash else {
                throw syntax(
                    "control character (\\u0000-\\u001F) found while parsing a string",
                    ahead: 1)
            }
            hasEscapes = true
            try passEscape()
        }
        let range = start..<position
        position += 1
        if seen & 0x8080_8080_8080_8080 != 0, !isUTF8(range) {
            throw syntax("invalid unicode code point")
        }
        return JSONStringSpan(range: range, hasEscapes: hasEscapes)
    }

    /// Moves to the next quote, backslash or control character, eight bytes a step. `seen`
    /// collects the bits of all bytes passed, to tell ASCII from the rest.
    @inline(__always)
    private mutating func skipPlainBytes(_ seen: inout UInt64) {
        while count - position >= 8 {
            let word = UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self)
            if ByteWord.hasSpecial(word) { break }
            seen |= word
            position += 8
        }
        while position < count {
            let byte = base[position]
            if byte == ASCII.quote || byte == ASCII.backslash || byte < 0x20 { return }
            seen |= UInt64(byte)
            position += 1
        }
    }

    private func isUTF8(_ range: Range<Int>) -> Bool {
        let bytes = UnsafeBufferPointer(rebasing: self.bytes[range])
        return String(validating: bytes, as: UTF8.self) != nil
    }

    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

    // MARK: - Escapes

    /// Consumes and checks one escape; a surrogate must come with its other half.
    private mutating func passEscape() throws(JSONFailure) {
        position += 1
        guard position < count else { throw syntax("EOF while parsing a string") }
        let letter = base[position]
        position += 1
        if letter != .ascii("u") {
            if JSONEscape.byte(for: letter) == nil { throw syntax("invalid escape") }
            return
        }
        let unit = try hexUnit()
        if unit & 0xFC00 == 0xDC00 { throw syntax("lone leading surrogate in hex escape") }
        guard unit & 0xFC00 == 0xD800 else { return }
        guard count - position >= 2, base[position] == ASCII.backslash,
            base[position + 1] == .ascii("u")
        else { throw syntax("unexpected end of hex escape", ahead: 1) }
        position += 2
        if try hexUnit() & 0xFC00 != 0xDC00 {
            throw syntax("lone leading surrogate in hex escape")
        }
    }

    private mutating func hexUnit() throws(JSONFailure) -> UInt32 {
        guard count - position >= 4 else { throw syntax("EOF while parsing a string", ahead: 4) }
        guard let unit = JSONEscape.hexUnit(base + position) else {
            throw syntax("invalid escape", ahead: 4)
        }
        position += 4
        return unit
    }

    /// The characters of a span that was checked by `stringSpan`.
    func text(of span: JSONStringSpan) -> String {
        let bytes = UnsafeBufferPointer(rebasing: self.bytes[span.range])
        guard span.hasEscapes else { return String(decoding: bytes, as: UTF8.self) }
        return String(unsafeUninitializedCapacity: bytes.count) { output in
            JSONEscape.unescape(bytes, into: output)
        }
    }
}

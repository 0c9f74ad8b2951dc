extension JSONScanner {
    /// Reads a value that may be null.
    mutating func nullable<Value>(
        _ body: (inout JSONScanner) throws(JSONFailure) -> Value
    ) throws(JSONFailure) -> Value? {
        if try takeNull() { return nil }
        return try body(&self)
    }

    /// Consumes a null; false, nothing consumed, when something else is next.
    mutating func takeNull() throws(JSONFailure) -> Bool {
        guard try valueByte() == .ascii("n") else { return false }
        try literal("null")
        return true
    }

    mutating func bool() throws(JSONFailure) -> Bool {
        switch try valueByte() {
        case .ascii("t"):
            try literal("true")
            return true
        case .ascii("f"):
            try literal("false")
            return false
        default: throw mismatch("a boolean")
        }
    }

    /// Reads a number, integers kept apart.
    mutating func numberValue(expected: String) throws(JSONFailure) -> JSONNumberValue {
        guard ASCII.startsNumber(try valueByte()) else { throw mismatch(expected) }
        let number = try number()
        return try value(of: number)
    }

    /// Reads an integer of `range`, called `expected` when it is something else.
    mutating func integer(
        in range: ClosedRange<Int64>, expected: String
    ) throws(JSONFailure) -> Int {
        switch try numberValue(expected: expected) {
        case .int(let value) where range.contains(value): return Int(value)
        case .int(let value): throw shape("invalid value: integer `\(value)`, expected \(expected)")
        case .unsigned(let value):
            throw shape("invalid value: integer `\(value)`, expected \(expected)")
        case .float(let value):
            throw shape("invalid type: floating point `\(value)`, expected \(expected)")
        }
    }

    /// Reads an unsigned integer of 32 bits: limits, offsets, counts.
    mutating func uint32() throws(JSONFailure) -> Int {
        try integer(in: 0...Int64(UInt32.max), expected: "u32")
    }

    /// Passes over any value and checks that it is JSON. Returns its place.
    @discardableResult
    mutating func skipValue() throws(JSONFailure) -> Range<Int> {
        let first = try valueByte()
        let start = position
        switch first {
        case ASCII.quote: _ = try stringSpan()
        case ASCII.openBracket: try skipArray()
        case ASCII.openBrace: try skipObject()
        case .ascii("t"): try literal("true")
        case .ascii("f"): try literal("false")
        case .ascii("n"): try literal("null")
        default:
            guard ASCII.startsNumber(first) else { throw syntax("expected value", ahead: 1) }
            let number = try number()
            _ = try value(of: number)
        }
        return start..<position
    }

    private mutating func skipArray() throws(JSONFailure) {
        var index = try beginArray()
        while try nextElement(&index) { try skipValue() }
    }

    private mutating func skipObject() throws(JSONFailure) {
        var index = try beginObject(expected: "a map")
        while try nextKey(&index) != nil { try skipValue() }
    }

    /// The text of a value that was passed over.
    func text(_ range: Range<Int>) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }
}

extension JSONScanner {
    // MARK: - Arrays

    /// Enters an array. Use with `nextElement`:
    /// `var index = try beginArray(); while try nextElement(&index) { … }`.
    mutating func beginArray(expected: String = "a sequence") throws(JSONFailure) -> Int {
        guard try valueByte() == ASCII.openBracket else { throw mismatch(expected) }
        try enter()
        return -1
    }

    /// Moves to the next element and counts it; false at the end, which it consumes.
    @inline(__always)
    mutating func nextElement(_ index: inout Int) throws(JSONFailure) -> Bool {
        guard let byte = nextByte() else { throw syntax("EOF while parsing a list") }
        if byte == ASCII.closeBracket {
            leave()
            return false
        }
        if index >= 0 { try passComma(byte, close: ASCII.closeBracket, "expected `,` or `]`") }
        index += 1
        return true
    }

    /// Reads an array with one call of `element` for each of its values.
    mutating func array<Element>(
        _ element: (inout JSONScanner) throws(JSONFailure) -> Element
    ) throws(JSONFailure) -> [Element] {
        var list: [Element] = []
        var index = try beginArray()
        while try nextElement(&index) {
            do throws(JSONFailure) {
                list.append(try element(&self))
            } catch {
                throw error.inside(.element(index))
            }
        }
        return list
    }

    // MARK: - Objects

    /// Enters an object. Use with `nextKey`:
    /// `var index = try beginObject(…); while let key = try nextKey(&index) { … }`.
    mutating func beginObject(expected: String) throws(JSONFailure) -> Int {
        guard try valueByte() == ASCII.openBrace else { throw mismatch(expected) }
        try enter()
        return -1
    }

    /// The key of the next member, its colon consumed; nil at the end, which it consumes.
    mutating func nextKey(_ index: inout Int) throws(JSONFailure) -> String? {
        guard let first = nextByte() else { throw syntax("EOF while parsing an object") }
        if first == ASCII.closeBrace {
            leave()
            return nil
        }
        if index >= 0 { try passComma(first, close: ASCII.closeBrace, "expected `,` or `}`") }
        index += 1
        guard nextByte() == ASCII.quote else { throw syntax("key must be a string", ahead: 1) }
        let key = try string()
        guard nextByte() == ASCII.colon else { throw syntax("expected `:`", ahead: 1) }
        position += 1
        return key
    }

    /// Reads an object with one call of `member` for each of its members.
    mutating func object(
        expected: String,
        _ member: (String, inout JSONScanner) throws(JSONFailure) -> Void
    ) throws(JSONFailure) {
        var index = try beginObject(expected: expected)
        while let key = try nextKey(&index) {
            do throws(JSONFailure) {
                try member(key, &self)
            } catch {
                throw error.inside(.member(key))
            }
        }
    }

    /// Consumes the comma between two values, `byte` being what was found there.
    @inline(__always)
    private mutating func passComma(
        _ byte: UInt8, close: UInt8, _ reason: StaticString
    ) throws(JSONFailure) {
        guard byte == ASCII.comma else { throw syntax("\(reason)", ahead: 1) }
        position += 1
        if nextByte() == close { throw syntax("trailing comma", ahead: 1) }
    }
}

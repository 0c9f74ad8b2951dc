extension JSONScanner {
    /// The failure that the next value is not `expected`; that the value is no JSON goes first.
    mutating func mismatch(_ expected: String) -> JSONFailure {
        do throws(JSONFailure) {
            return shape("invalid type: \(try describeValue()), expected \(expected)")
        } catch {
            return error
        }
    }

    /// Consumes the next value and says what it is, a container by its kind.
    private mutating func describeValue() throws(JSONFailure) -> String {
        let first = try valueByte()
        switch first {
        case ASCII.openBracket:
            return "sequence"
        case ASCII.openBrace:
            return "map"
        case ASCII.quote:
            return "string \"\(quoted(try string()))\""
        case .ascii("n"):
            try literal("null")
            return "null"
        case .ascii("t"), .ascii("f"):
            return "boolean `\(try bool())`"
        default:
            guard ASCII.startsNumber(first) else { throw syntax("expected value", ahead: 1) }
            let number = try number()
            switch try value(of: number) {
            case .int(let value): return "integer `\(value)`"
            case .unsigned(let value): return "integer `\(value)`"
            case .float(let value): return "floating point `\(value)`"
            }
        }
    }

    private func quoted(_ text: String) -> String {
        guard text.utf8.count > JSONLimits.quotedBytesMax else { return text }
        return String(decoding: text.utf8.prefix(JSONLimits.quotedBytesMax), as: UTF8.self) + "…"
    }
}

extension RegexParser {
    /// A group; nil when it only sets flags.
    mutating func group() throws(RegexSyntaxError) -> RegexNode? {
        advance()
        skipIgnored()
        let outer = flags
        if try head() { return nil }
        nesting += 1
        try checkNesting(nesting)
        let body = try alternatives()
        nesting -= 1
        guard next == ")" else { throw .unclosedGroup }
        advance()
        flags = outer
        return body
    }

    /// What stands between `(` and the body. True when that was all of the group.
    private mutating func head() throws(RegexSyntaxError) -> Bool {
        for look in ["?=", "?!", "?<=", "?<!"] as [StaticString] where take(look) {
            throw RegexSyntaxError(
                "look-around, including look-ahead and look-behind, is not supported")
        }
        if take("?P<") || take("?<") {
            try groupName()
            return false
        }
        guard take("?") else { return false }
        let text = text { $0 == ":" || $0 == ")" }
        guard let end = next else { throw .unclosedGroup }
        if end == ")", text.isEmpty { throw .nothingToRepeat }
        try flags.apply(text)
        advance()
        return end == ")"
    }

    private mutating func groupName() throws(RegexSyntaxError) {
        let name = text { $0 == ">" }
        guard !isAtEnd else { throw RegexSyntaxError("unclosed capture group name") }
        advance()
        guard let first = name.first else { throw RegexSyntaxError("empty capture group name") }
        guard first == "_" || first.properties.isAlphabetic,
            name.allSatisfy({ Self.nameMayHold($0) })
        else { throw RegexSyntaxError("invalid capture group character") }
        guard groupNames.insert(String(String.UnicodeScalarView(name))).inserted else {
            throw RegexSyntaxError("duplicate capture group name")
        }
    }

    private static func nameMayHold(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "_", ".", "[", "]": true
        default:
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        }
    }

    // Repetition

    /// The node with the repetition operator that comes next.
    mutating func repeated(_ node: RegexNode) throws(RegexSyntaxError) -> RegexNode {
        let (min, max) = try bounds()
        if next == "?" { advance() }
        let repeated = RegexNode(.repeated(node, min: min, max: max))
        try checkNesting(nesting + repeated.depth)
        return repeated
    }

    private mutating func bounds() throws(RegexSyntaxError) -> (min: Int, max: Int?) {
        let first = next
        advance()
        switch first {
        case "*": return (0, nil)
        case "+": return (1, nil)
        case "?": return (0, 1)
        default: return try counts()
        }
    }

    private mutating func counts() throws(RegexSyntaxError) -> (min: Int, max: Int?) {
        let min = try count()
        var max: Int? = min
        if next == "," {
            advance()
            skipIgnored()
            max = next == "}" ? nil : try count()
        }
        guard next == "}" else { throw RegexSyntaxError("unclosed counted repetition") }
        advance()
        if let max, max < min {
            throw RegexSyntaxError(
                "invalid repetition count range, the start must be <= the end")
        }
        return (min, max)
    }

    private mutating func count() throws(RegexSyntaxError) -> Int {
        func skipSpaces(_ parser: inout RegexParser) {
            _ = parser.text { !$0.properties.isWhitespace }
            parser.skipIgnored()
        }
        skipSpaces(&self)
        guard !isAtEnd else { throw RegexSyntaxError("unclosed counted repetition") }
        let digits = text { !("0"..."9").contains($0) }
        guard !digits.isEmpty else {
            throw RegexSyntaxError("repetition quantifier expects a valid decimal")
        }
        guard let count = UInt32(String(String.UnicodeScalarView(digits))) else {
            throw RegexSyntaxError("decimal literal invalid")
        }
        skipSpaces(&self)
        return Int(count)
    }
}

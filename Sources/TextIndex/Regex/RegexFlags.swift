/// What inline flags such as `(?i)` change.
struct RegexFlags {
    private var isSet: Set<Unicode.Scalar> = ["u"]

    var ignoresCase: Bool { isSet.contains("i") }
    var anchorsLines: Bool { isSet.contains("m") }
    var dotTakesNewline: Bool { isSet.contains("s") }
    var ignoresSpace: Bool { isSet.contains("x") }
    var isUnicode: Bool { isSet.contains("u") }
    /// `\r\n` ends a line.
    var hasCRLF: Bool { isSet.contains("R") }

    /// `U` swaps lazy and greedy, which changes no answer.
    private static let known: Set<Unicode.Scalar> = ["i", "m", "s", "x", "u", "R", "U"]

    /// Applies flags as they stand between `(?` and `:` or `)`.
    mutating func apply(_ text: some Sequence<Unicode.Scalar>) throws(RegexSyntaxError) {
        var seen: Set<Unicode.Scalar> = []
        var last: Unicode.Scalar?
        for scalar in text {
            let isNew = seen.insert(scalar).inserted
            if scalar == "-" {
                guard isNew else { throw RegexSyntaxError("flag negation operator repeated") }
            } else {
                guard Self.known.contains(scalar) else {
                    throw RegexSyntaxError("unrecognized flag")
                }
                guard isNew else { throw RegexSyntaxError("duplicate flag") }
                if seen.contains("-") { isSet.remove(scalar) } else { isSet.insert(scalar) }
            }
            last = scalar
        }
        if last == "-" { throw RegexSyntaxError("dangling flag negation operator") }
    }
}

/// What a backslash and what follows it stand for.
enum RegexEscape {
    case scalar(Unicode.Scalar)
    case set(ScalarSet)
    case assertion(RegexAssertion)
}

extension RegexParser {
    mutating func escape() throws(RegexSyntaxError) -> RegexEscape {
        advance()
        guard let scalar = next else {
            throw RegexSyntaxError("incomplete escape sequence, reached end of pattern early")
        }
        if let set = try perlClass(scalar) {
            advance()
            return .set(set)
        }
        switch scalar {
        case "p", "P": return .set(try unicodeClass())
        case "x", "u", "U": return .scalar(try hexadecimal(scalar))
        case "0"..."9": throw RegexSyntaxError("backreferences are not supported")
        default: break
        }
        advance()
        if let assertion = try assertion(scalar) { return .assertion(assertion) }
        return .scalar(try plain(scalar))
    }

    private func plain(_ scalar: Unicode.Scalar) throws(RegexSyntaxError) -> Unicode.Scalar {
        switch scalar {
        case "a": return "\u{7}"
        case "f": return "\u{C}"
        case "t": return "\t"
        case "n": return "\n"
        case "r": return "\r"
        case "v": return "\u{B}"
        case "a"..."z", "A"..."Z": throw RegexSyntaxError("unrecognized escape sequence")
        default:
            guard scalar.isASCII else { throw RegexSyntaxError("unrecognized escape sequence") }
            return scalar
        }
    }

    private mutating func assertion(
        _ scalar: Unicode.Scalar
    ) throws(RegexSyntaxError) -> RegexAssertion? {
        switch scalar {
        case "A": return .textStart
        case "z": return .textEnd
        case "B": return .notWordBoundary(isUnicode: flags.isUnicode)
        case "b":
            let halves = ["{start}", "{end}", "{start-half}", "{end-half}"] as [StaticString]
            for half in halves where take(half) { throw Self.noWordEnds }
            return .wordBoundary(isUnicode: flags.isUnicode)
        case "<", ">": throw Self.noWordEnds
        default: return nil
        }
    }

    private static let noWordEnds = RegexSyntaxError(
        "\\<, \\>, \\b{start} and their like are not supported; use \\b")

    // Classes

    private func perlClass(_ scalar: Unicode.Scalar) throws(RegexSyntaxError) -> ScalarSet? {
        let isUnicode = flags.isUnicode
        let set: ScalarSet
        switch scalar {
        case "d", "D": set = isUnicode ? UnicodeClass.digits : POSIXClass.digit
        case "s", "S": set = isUnicode ? UnicodeClass.spaces : POSIXClass.space
        case "w", "W": set = isUnicode ? UnicodeClass.words : POSIXClass.word
        default: return nil
        }
        return scalar.properties.isUppercase ? set.complement : set
    }

    /// `\pL`, `\p{Greek}`, `\p{sc=Greek}`, `\P{…}`
    private mutating func unicodeClass() throws(RegexSyntaxError) -> ScalarSet {
        guard flags.isUnicode else { throw .unicodeNotAllowed }
        var isNegated = next == "P"
        advance()
        skipIgnored()
        guard let first = next else {
            throw RegexSyntaxError("incomplete escape sequence, reached end of pattern early")
        }
        advance()
        var name = String(first)
        var key: String?
        if first == "{" {
            name = String(String.UnicodeScalarView(text { $0 == "}" }))
            guard next == "}" else {
                throw RegexSyntaxError(
                    "incomplete escape sequence, reached end of pattern early")
            }
            advance()
            if let sign = name.firstIndex(where: { $0 == "=" || $0 == ":" }) {
                key = String(name[..<sign])
                name = String(name[name.index(after: sign)...])
            }
            if let start = key, start.hasSuffix("!") {
                key = String(start.dropLast())
                isNegated.toggle()
            }
        }
        guard let set = UnicodeClass.named(name, key: key) else {
            throw RegexSyntaxError("Unicode property not found")
        }
        try spend(ranges: set.ranges.count + CaseOrbits.shared.count)
        return isNegated ? folded(set).complement : folded(set)
    }

    // Scalars by number

    /// `\x7F`, `\x{1F600}`, `\u00E9`, `\u{E9}`, `\U0001F600`, `\U{1F600}`
    private mutating func hexadecimal(
        _ kind: Unicode.Scalar
    ) throws(RegexSyntaxError) -> Unicode.Scalar {
        advance()
        skipIgnored()
        let isBraced = next == "{"
        var digits = ""
        if isBraced {
            advance()
            digits = String(String.UnicodeScalarView(text { $0 == "}" }))
            if flags.ignoresSpace { digits.removeAll(where: \.isWhitespace) }
            guard next == "}" else { throw RegexSyntaxError("hexadecimal literal is not closed") }
            advance()
            guard !digits.isEmpty else { throw RegexSyntaxError("hexadecimal literal empty") }
        } else {
            for _ in 0..<(kind == "x" ? 2 : kind == "u" ? 4 : 8) {
                guard let digit = next else {
                    throw RegexSyntaxError(
                        "incomplete escape sequence, reached end of pattern early")
                }
                digits.unicodeScalars.append(digit)
                advance()
            }
        }
        guard digits.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
            throw RegexSyntaxError("invalid hexadecimal digit")
        }
        guard let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else {
            throw RegexSyntaxError("hexadecimal literal is not a Unicode scalar value")
        }
        if !flags.isUnicode, !isBraced, kind == "x", !scalar.isASCII { throw .invalidUTF8 }
        return scalar
    }
}

/// Parses the syntax of Rust's `regex`, which is the peer's (protocol §4.2).
///
/// Depth and work are bounded: a hostile pattern is refused, not chewed on.
struct RegexParser {
    /// Groups, classes and repetitions in one another; Rust's limit.
    static let nestingMax = 250
    /// Ranges that a pattern's classes may be computed from, all together.
    private static let rangesMax = 1 << 20

    private let scalars: [Unicode.Scalar]
    private var place = 0
    private var rangesSpent = 0
    var flags = RegexFlags()
    var nesting = 0
    var groupNames: Set<String> = []

    static func parse(_ pattern: String) throws(RegexSyntaxError) -> RegexNode {
        var parser = RegexParser(scalars: Array(pattern.unicodeScalars))
        let node = try parser.alternatives()
        guard parser.isAtEnd else { throw RegexSyntaxError("unopened group") }
        return node
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    // Reading

    var isAtEnd: Bool { place == scalars.count }
    var next: Unicode.Scalar? { isAtEnd ? nil : scalars[place] }

    func next(after count: Int) -> Unicode.Scalar? {
        place + count < scalars.count ? scalars[place + count] : nil
    }

    mutating func advance(by count: Int = 1) { place = min(place + count, scalars.count) }

    mutating func take(_ text: StaticString) -> Bool {
        let wanted = Array("\(text)".unicodeScalars)
        guard scalars[place...].starts(with: wanted) else { return false }
        place += wanted.count
        return true
    }

    /// Skips spaces and comments where `(?x)` holds.
    mutating func skipIgnored() {
        guard flags.ignoresSpace else { return }
        while let scalar = next {
            if scalar.properties.isWhitespace {
                advance()
            } else if scalar == "#" {
                while let scalar = next, scalar != "\n" { advance() }
            } else {
                return
            }
        }
    }

    /// Everything up to the first of the scalars, which is left.
    mutating func text(until isEnd: (Unicode.Scalar) -> Bool) -> ArraySlice<Unicode.Scalar> {
        let start = place
        while let scalar = next, !isEnd(scalar) { advance() }
        return scalars[start..<place]
    }

    // Limits

    mutating func spend(ranges: Int) throws(RegexSyntaxError) {
        rangesSpent += ranges
        if rangesSpent > Self.rangesMax { throw .tooLarge }
    }

    func checkNesting(_ depth: Int) throws(RegexSyntaxError) {
        if depth > Self.nestingMax { throw .nestedTooDeep }
    }

    // Grammar

    /// Alternatives up to the end or a `)`, which is left.
    mutating func alternatives() throws(RegexSyntaxError) -> RegexNode {
        var branches: [RegexNode] = []
        // Nil stands for flags, which cannot be repeated.
        var items: [RegexNode?] = []
        while true {
            skipIgnored()
            guard let scalar = next, scalar != ")" else { break }
            switch scalar {
            case "|":
                advance()
                branches.append(.sequence(items.compactMap(\.self)))
                items = []
            case "*", "+", "?", "{":
                guard let last = items.popLast(), let node = last else { throw .nothingToRepeat }
                items.append(try repeated(node))
            case "(": items.append(try group())
            default: items.append(try atom(scalar))
            }
        }
        return .choice(branches + [.sequence(items.compactMap(\.self))])
    }

    private mutating func atom(_ scalar: Unicode.Scalar) throws(RegexSyntaxError) -> RegexNode {
        switch scalar {
        case "[": return try checked(try characterClass())
        case "\\":
            switch try escape() {
            case .scalar(let scalar): return one(scalar)
            case .set(let set): return try checked(set)
            case .assertion(let assertion): return RegexNode(.assertion(assertion))
            }
        case ".":
            advance()
            return try checked(dot)
        case "^", "$":
            advance()
            return RegexNode(.assertion(try anchor(scalar)))
        default:
            advance()
            return one(scalar)
        }
    }

    private var dot: ScalarSet {
        if flags.dotTakesNewline { return .all }
        return ScalarSet((flags.hasCRLF ? ["\r", "\n"] : ["\n"]) as [Unicode.Scalar]).complement
    }

    private func anchor(_ scalar: Unicode.Scalar) throws(RegexSyntaxError) -> RegexAssertion {
        guard flags.anchorsLines else { return scalar == "^" ? .textStart : .textEnd }
        guard !flags.hasCRLF else {
            throw RegexSyntaxError("^ and $ under (?mR) are not supported; use (?m) and \\r?")
        }
        return scalar == "^" ? .lineStart : .lineEnd
    }

    private func one(_ scalar: Unicode.Scalar) -> RegexNode {
        let itself = ScalarSet(CollectionOfOne(scalar))
        let hasCases = flags.isUnicode || scalar.isASCII
        return RegexNode(.one(hasCases ? folded(itself) : itself))
    }

    /// A class as it stands outside of brackets.
    private func checked(_ set: ScalarSet) throws(RegexSyntaxError) -> RegexNode {
        guard flags.isUnicode || set.isASCII else { throw .invalidUTF8 }
        return RegexNode(.one(set))
    }

    /// The set with what `(?i)` adds.
    func folded(_ set: ScalarSet) -> ScalarSet {
        guard flags.ignoresCase else { return set }
        let closure = CaseOrbits.shared.closure(of: set)
        return flags.isUnicode ? closure : closure.intersection(.ascii)
    }
}

/// Joins two sets of a class: `[a-z&&[^b]]`, `[\w--\d]`, `[a-d~~c-f]`.
private enum ClassOperator: CaseIterable {
    case intersection, difference, symmetricDifference

    var sign: StaticString {
        switch self {
        case .intersection: "&&"
        case .difference: "--"
        case .symmetricDifference: "~~"
        }
    }

    func apply(_ left: ScalarSet, _ right: ScalarSet) -> ScalarSet {
        switch self {
        case .intersection: left.intersection(right)
        case .difference: left.subtracting(right)
        case .symmetricDifference: left.symmetricDifference(right)
        }
    }
}

/// The sets that stand beside each other in a class, not yet sorted into one.
private struct ClassUnion {
    private var ranges: [ClosedRange<UInt32>] = []

    var isEmpty: Bool { ranges.isEmpty }
    mutating func add(_ scalar: Unicode.Scalar) { ranges.append(scalar.value...scalar.value) }
    mutating func add(_ range: ClosedRange<UInt32>) { ranges.append(range) }
    mutating func add(_ set: ScalarSet) { ranges += set.ranges }
    var set: ScalarSet { ScalarSet(ranges) }
}

extension RegexParser {
    /// A class in brackets. Operators bind weaker than standing side by side, and all alike.
    mutating func characterClass() throws(RegexSyntaxError) -> ScalarSet {
        nesting += 1
        try checkNesting(nesting)
        advance()
        skipIgnored()
        let isNegated = next == "^"
        if isNegated { advance() }
        skipIgnored()
        var union = ClassUnion()
        takeLeading(&union)
        var pending: (left: ScalarSet, by: ClassOperator)?
        while true {
            skipIgnored()
            guard let scalar = next else { throw .unclosedClass }
            if scalar == "]" { break }
            if let sign = takeOperator() {
                pending = (try close(union, pending), sign)
                union = ClassUnion()
            } else if scalar == "[" {
                if let set = try posixClass() {
                    union.add(set)
                } else {
                    let inner = try characterClass()
                    try spend(ranges: inner.ranges.count)
                    union.add(inner)
                }
            } else {
                try item(&union)
            }
        }
        advance()
        nesting -= 1
        let set = try close(union, pending)
        return isNegated ? set.complement : set
    }

    /// Hyphens in front are themselves, and so is a `]` before anything else.
    private mutating func takeLeading(_ union: inout ClassUnion) {
        while next == "-" {
            union.add("-" as Unicode.Scalar)
            advance()
            skipIgnored()
        }
        if union.isEmpty, next == "]" {
            union.add("]" as Unicode.Scalar)
            advance()
        }
    }

    private mutating func takeOperator() -> ClassOperator? {
        ClassOperator.allCases.first { take($0.sign) }
    }

    private mutating func close(
        _ union: ClassUnion, _ pending: (left: ScalarSet, by: ClassOperator)?
    ) throws(RegexSyntaxError) -> ScalarSet {
        let right = folded(union.set)
        try spend(ranges: right.ranges.count + (flags.ignoresCase ? CaseOrbits.shared.count : 0))
        guard let pending else { return right }
        try spend(ranges: pending.left.ranges.count)
        return pending.by.apply(pending.left, right)
    }

    /// `[:alpha:]`; nil, and nothing taken, when it isn't one.
    private mutating func posixClass() throws(RegexSyntaxError) -> ScalarSet? {
        guard next(after: 1) == ":" else { return nil }
        var name = ""
        // The longest is "[:^xdigit:]".
        for index in 2..<10 {
            guard let scalar = next(after: index), scalar != ":" else { break }
            name.unicodeScalars.append(scalar)
        }
        let count = name.unicodeScalars.count
        guard next(after: 2 + count) == ":", next(after: 3 + count) == "]" else { return nil }
        let isNegated = name.hasPrefix("^")
        guard let set = POSIXClass.named(isNegated ? String(name.dropFirst()) : name) else {
            return nil
        }
        advance(by: count + 4)
        return isNegated ? folded(set).complement : set
    }

    /// One scalar, a range, or an escaped class.
    private mutating func item(_ union: inout ClassUnion) throws(RegexSyntaxError) {
        let first = try classEscape()
        skipIgnored()
        guard next == "-", let after = nextAfterHyphen, after != "]", after != "-" else {
            switch first {
            case .scalar(let scalar): union.add(scalar)
            case .set(let set):
                try spend(ranges: set.ranges.count)
                union.add(set)
            case .assertion: break
            }
            return
        }
        advance()
        skipIgnored()
        let last = try classEscape()
        guard case .scalar(let low) = first, case .scalar(let high) = last else {
            throw RegexSyntaxError("invalid range boundary, must be a literal")
        }
        guard low <= high else {
            throw RegexSyntaxError(
                "invalid character class range, the start must be <= the end")
        }
        union.add(low.value...high.value)
    }

    /// What follows the hyphen that is next; the end of the pattern counts as a `]` does not.
    private var nextAfterHyphen: Unicode.Scalar? {
        var ahead = self
        ahead.advance()
        ahead.skipIgnored()
        return ahead.next
    }

    private mutating func classEscape() throws(RegexSyntaxError) -> RegexEscape {
        guard let scalar = next else { throw .unclosedClass }
        guard scalar == "\\" else {
            advance()
            return .scalar(try allowed(scalar))
        }
        let escaped = try escape()
        if case .assertion = escaped {
            throw RegexSyntaxError("invalid escape sequence found in character class")
        }
        if case .scalar(let scalar) = escaped { return .scalar(try allowed(scalar)) }
        return escaped
    }

    private func allowed(_ scalar: Unicode.Scalar) throws(RegexSyntaxError) -> Unicode.Scalar {
        guard flags.isUnicode || scalar.isASCII else { throw .unicodeNotAllowed }
        return scalar
    }
}

/// A pattern as instructions for `RegexWalk`, its repetitions spelled out.
///
/// Made of patterns that RE2 took, which bounds how many instructions there are.
struct RegexProgram {
    enum Instruction {
        /// Takes one scalar of a class.
        case one(of: Int32, next: Int32)
        case assertion(RegexAssertion, next: Int32)
        case either(Int32, Int32)
        case match
    }

    private(set) var instructions: [Instruction] = [.match]
    private(set) var classes: [ScalarSet] = []
    /// For each class two words: which scalars of ASCII it has.
    private(set) var asciiWords: [UInt64] = []
    /// Where a match begins.
    private(set) var start: Int32 = 0
    private(set) var hasAssertions = false
    private var places: [ScalarSet: Int32] = [:]

    init(_ node: RegexNode) { start = compile(node, then: 0) }

    /// - Returns: the instruction that a node begins with; behind it comes `next`.
    private mutating func compile(_ node: RegexNode, then next: Int32) -> Int32 {
        switch node.kind {
        case .empty: return next
        case .one(let set): return add(.one(of: place(of: set), next: next))
        case .assertion(let assertion):
            hasAssertions = true
            return add(.assertion(assertion, next: next))
        case .sequence(let nodes):
            return nodes.reversed().reduce(next) { compile($1, then: $0) }
        case .choice(let nodes):
            let entries = nodes.map { compile($0, then: next) }
            guard let last = entries.last else { return next }
            return entries.dropLast().reversed().reduce(last) { add(.either($1, $0)) }
        case .repeated(let node, let min, let max):
            let rest = max.map { optional(node, $0 - min, then: next) } ?? any(node, then: next)
            return (0..<min).reduce(rest) { entry, _ in compile(node, then: entry) }
        }
    }

    /// At most `count` times.
    private mutating func optional(_ node: RegexNode, _ count: Int, then next: Int32) -> Int32 {
        (0..<count).reduce(next) { entry, _ in
            let copy = compile(node, then: entry)
            return add(.either(copy, next))
        }
    }

    /// Any number of times.
    private mutating func any(_ node: RegexNode, then next: Int32) -> Int32 {
        let loop = add(.match)
        instructions[Int(loop)] = .either(compile(node, then: loop), next)
        return loop
    }

    private mutating func add(_ instruction: Instruction) -> Int32 {
        instructions.append(instruction)
        return Int32(instructions.count - 1)
    }

    private mutating func place(of set: ScalarSet) -> Int32 {
        if let known = places[set] { return known }
        let place = Int32(classes.count)
        places[set] = place
        classes.append(set)
        var words: [UInt64] = [0, 0]
        for range in set.ranges where range.lowerBound < 128 {
            for value in range.lowerBound...min(range.upperBound, 127) {
                words[Int(value >> 6)] |= 1 << UInt64(value & 63)
            }
        }
        asciiWords += words
        return place
    }

    /// Whether a class has a scalar.
    @inline(__always)
    func holds(_ set: Int32, _ scalar: UInt32) -> Bool {
        guard scalar < 128 else { return classes[Int(set)].contains(scalar) }
        return asciiWords[2 * Int(set) + Int(scalar >> 6)] >> UInt64(scalar & 63) & 1 == 1
    }
}

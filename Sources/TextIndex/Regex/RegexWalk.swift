/// Whether a pattern matches a text, found in steps that can be broken off.
///
/// RE2 is faster by far where its automaton is small. But nobody can interrupt it, and where it
/// falls back on following the pattern it takes up to 30 ns for each instruction at each byte,
/// which may be minutes for a megabyte. This goes through the text once, at each scalar with all
/// instructions that the text so far leads to (Thompson 1968). It remembers what leads where
/// (`RegexStates`), unless that proves to be of no use.
struct RegexWalk: Sendable {
    /// Instructions followed between two questions whether to go on: some 100 µs.
    static let stepsPerLook = 1 << 14
    /// After so many times that there was no room for more states, none are remembered.
    private static let fillsMax = 4

    private let program: RegexProgram
    /// Which bytes a match may begin with, if that is known before it is looked.
    private let firstBytes: [Bool]?
    /// For each instruction the last place at which it was followed, counted from 1 on.
    private var followed: [UInt32]
    private var place: UInt32 = 0
    /// Instructions that wait for the next scalar.
    private var waiting: [Int32] = []
    /// What the last scalar led to, to be followed at the next place.
    private var arrived: [Int32] = []
    private var stack: [Int32] = []
    private var steps = 0
    private var isMatched = false
    private var states = RegexStates()
    private var fills = 0

    init(_ node: RegexNode) {
        program = RegexProgram(node)
        followed = Array(repeating: 0, count: program.instructions.count)
        firstBytes = program.firstBytes
    }

    /// - Parameters:
    ///   - text: UTF-8; what is none matches no class.
    ///   - check: throws to break off.
    mutating func matches(
        _ text: UnsafeRawBufferPointer, asking check: () throws -> Void
    ) rethrows -> Bool {
        begin()
        var (offset, before) = (0, PlaceBefore.start)
        if fills < Self.fillsMax, let isMatch = try lookUp(text, &offset, &before, check) {
            return isMatch
        }
        return try walk(text, from: offset, behind: before, check)
    }

    private mutating func begin() {
        arrived.removeAll(keepingCapacity: true)
        isMatched = false
        guard place > 1 << 31 else { return }
        place = 0
        for index in followed.indices { followed[index] = 0 }
    }

    /// Goes from state to state.
    ///
    /// - Returns: nil when there are too many; `walk` goes on at `offset`.
    private mutating func lookUp(
        _ text: UnsafeRawBufferPointer, _ offset: inout Int, _ before: inout PlaceBefore,
        _ check: () throws -> Void
    ) rethrows -> Bool? {
        guard var state = enterState(behind: before) else { return nil }
        while offset < text.count {
            let byte = text[offset]
            if byte < 128 {
                let next = states.next(state, ascii: byte)
                if next >= 0 {
                    state = next
                    offset += 1
                    continue
                }
                if next == RegexStates.matched { return true }
            }
            guard let scalar = text.scalar(at: offset) else { break }
            offset += scalar.byteCount
            if program.hasAssertions { before = PlaceBefore(scalar.value) }
            guard let next = try step(from: state, by: scalar.value, to: before, check) else {
                return nil
            }
            if next == RegexStates.matched { return true }
            state = next
        }
        arrived = states.sets[Int(state)].arrived
        arrive(between: states.sets[Int(state)].before.scalar, nil)
        return isMatched
    }

    /// The state that a scalar leads to; nil when there are too many.
    private mutating func step(
        from state: Int32, by scalar: UInt32, to before: PlaceBefore,
        _ check: () throws -> Void
    ) rethrows -> Int32? {
        let known = scalar < 128 ? RegexStates.unknown : states.next(state, other: scalar)
        if known != RegexStates.unknown { return known }
        try askNowAndThen(check)
        let set = states.sets[Int(state)]
        arrived = set.arrived
        arrive(between: set.before.scalar, scalar)
        if isMatched {
            states.note(RegexStates.matched, after: state, scalar)
            return RegexStates.matched
        }
        take(scalar, by: waiting)
        let fillsBefore = fills
        guard let next = enterState(behind: before) else { return nil }
        if fills == fillsBefore { states.note(next, after: state, scalar) }
        return next
    }

    /// The state of what has arrived; nil when there are too many.
    private mutating func enterState(behind before: PlaceBefore) -> Int32? {
        arrived = Set(arrived).sorted()
        let set = RegexStates.Arrivals(arrived: arrived, before: before)
        if let state = states.state(of: set) { return state }
        states = RegexStates()
        fills += 1
        return fills < Self.fillsMax ? states.state(of: set) : nil
    }

    private mutating func walk(
        _ text: UnsafeRawBufferPointer, from start: Int, behind before: PlaceBefore,
        _ check: () throws -> Void
    ) rethrows -> Bool {
        var offset = start
        var previous = before.scalar
        while true {
            if arrived.isEmpty, let firstBytes {
                let start = offset
                while offset < text.count, !firstBytes[Int(text[offset])] { offset += 1 }
                if offset > start { previous = UInt32(text[offset - 1]) }
            }
            let next = text.scalar(at: offset)
            arrive(between: previous, next?.value)
            if isMatched { return true }
            guard let next else { return false }
            try askNowAndThen(check)
            take(next.value, by: waiting)
            previous = next.value
            offset += next.byteCount
        }
    }

    private mutating func askNowAndThen(_ check: () throws -> Void) rethrows {
        guard steps >= Self.stepsPerLook else { return }
        steps = 0
        try check()
    }

    /// Follows what a place between two scalars was reached by, and a match that begins there.
    private mutating func arrive(between previous: UInt32?, _ next: UInt32?) {
        place += 1
        waiting.removeAll(keepingCapacity: true)
        for instruction in arrived { follow(instruction, previous, next) }
        follow(program.start, previous, next)
        arrived.removeAll(keepingCapacity: true)
    }

    private mutating func follow(_ start: Int32, _ previous: UInt32?, _ next: UInt32?) {
        stack.append(start)
        while let instruction = stack.popLast() {
            steps += 1
            guard followed[Int(instruction)] != place else { continue }
            followed[Int(instruction)] = place
            switch program.instructions[Int(instruction)] {
            case .one: waiting.append(instruction)
            case .assertion(let assertion, let then):
                if assertion.holds(between: previous, next) { stack.append(then) }
            case .either(let one, let other):
                stack.append(other)
                stack.append(one)
            case .match: isMatched = true
            }
        }
    }

    /// Takes a scalar by instructions that wait for it.
    private mutating func take(_ scalar: UInt32, by waiting: [Int32]) {
        for instruction in waiting {
            guard case .one(let set, let next) = program.instructions[Int(instruction)] else {
                continue
            }
            if program.holds(set, scalar) { arrived.append(next) }
        }
    }
}

extension RegexProgram {
    /// Nil where an empty text may match, or where it depends on what stands before. Bytes beyond
    /// ASCII are never ruled out.
    fileprivate var firstBytes: [Bool]? {
        var first = (0..<256).map { $0 >= 128 }
        var known: Set<Int32> = [start]
        var stack = [start]
        while let instruction = stack.popLast() {
            switch instructions[Int(instruction)] {
            case .one(let set, _):
                for value in 0..<128 where holds(set, UInt32(value)) { first[value] = true }
            case .either(let one, let other):
                stack += [one, other].filter { known.insert($0).inserted }
            case .assertion, .match: return nil
            }
        }
        return first
    }
}

/// Whether a pattern matches a text, found in steps that can be broken off.
///
/// RE2 is faster by far where its automaton is small. But nobody can interrupt it, and where it
/// falls back on following the pattern it takes up to 30 ns for each instruction at each byte,
/// which may be minutes for a megabyte. This goes through the text once, at each scalar with all
/// instructions that the text so far leads to (Thompson 1968).
struct RegexWalk {
    /// Instructions followed between two questions whether to go on: some 100 µs.
    static let stepsPerLook = 1 << 14

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
        var offset = 0
        var previous: UInt32?
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
            if steps >= Self.stepsPerLook {
                steps = 0
                try check()
            }
            take(next.value)
            previous = next.value
            offset += next.byteCount
        }
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

    /// Takes a scalar.
    private mutating func take(_ scalar: UInt32) {
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

extension RegexAssertion {
    /// Whether it holds between two scalars, nil where the text begins or ends.
    fileprivate func holds(between previous: UInt32?, _ next: UInt32?) -> Bool {
        switch self {
        case .textStart: previous == nil
        case .textEnd: next == nil
        case .lineStart: previous.map { $0 == Self.newline } ?? true
        case .lineEnd: next.map { $0 == Self.newline } ?? true
        case .wordBoundary(let isUnicode):
            Self.isWord(previous, isUnicode) != Self.isWord(next, isUnicode)
        case .notWordBoundary(let isUnicode):
            Self.isWord(previous, isUnicode) == Self.isWord(next, isUnicode)
        }
    }

    private static let newline: UInt32 = 0x0A
    private static let words = UnicodeClass.words
    private static let asciiWords = UnicodeClass.words.intersection(.ascii)

    private static func isWord(_ scalar: UInt32?, _ isUnicode: Bool) -> Bool {
        guard let scalar else { return false }
        return (isUnicode ? words : asciiWords).contains(scalar)
    }
}

extension UnsafeRawBufferPointer {
    /// The scalar of UTF-8 that begins at a place, and its bytes; nil at the end. What is no
    /// scalar is one byte, and a value that no class has.
    fileprivate func scalar(at place: Int) -> (value: UInt32, byteCount: Int)? {
        guard place < count else { return nil }
        let first = self[place]
        let byteCount = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        if byteCount == 1 { return (UInt32(first), 1) }
        guard first >= 0xC2, place + byteCount <= count else { return (.max, 1) }
        var value = UInt32(first) & (0x7F >> UInt32(byteCount))
        for offset in 1..<byteCount {
            let byte = self[place + offset]
            guard byte & 0xC0 == 0x80 else { return (.max, 1) }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        return (value, byteCount)
    }
}

/// Writes a tree in RE2's syntax, with nothing in it that RE2 reads otherwise than Rust does.
///
/// Classes are written as ranges of scalars, so no table of RE2's is asked. Repetitions are split
/// and spelled out where RE2 has limits that Rust hasn't.
struct RegexPrinter {
    /// How the text that is searched is written.
    enum Alphabet {
        case plain
        /// As `MarkedText` writes it.
        case marked
    }

    /// Bytes of the longest expression written.
    static let bytesMax = 1 << 20
    /// Characters, classes and assertions of the longest, its repetitions spelled out. Each is an
    /// instruction of RE2 at the least, of which `RegularExpression.memoryBytesMax` has room for
    /// fewer; but RE2 would find that out after building a tree of hundreds of megabytes.
    static let leavesMax = 90_000
    /// The same for one repetition. All its copies may be under way at once, at each character of
    /// the text: `a{0,80000}` takes a tenth of a second for a document of a hundred characters.
    static let repeatedLeavesMax = 10_000
    /// RE2 refuses more copies of anything, counting nested repetitions' product.
    private static let copiesMax = 1000

    /// Text that a repetition operator can follow, how many copies of something it asks for, and
    /// how many leaves it has when all are spelled out.
    private struct Piece {
        let text: String
        var copies = 1
        var leaves = 1
    }

    let alphabet: Alphabet

    func text(of node: RegexNode) throws(RegexSyntaxError) -> String { try piece(node).text }

    private func piece(_ node: RegexNode) throws(RegexSyntaxError) -> Piece {
        switch node.kind {
        case .empty: return Piece(text: "(?:)")
        case .one(let set): return Piece(text: one(of: set))
        case .assertion(let assertion): return Piece(text: text(of: assertion))
        case .sequence(let nodes): return try joined(nodes, by: "")
        case .choice(let nodes): return try joined(nodes, by: "|")
        case .repeated(let node, let min, let max):
            return try repeated(try piece(node), min, max)
        }
    }

    private func joined(
        _ nodes: [RegexNode], by separator: String
    ) throws(RegexSyntaxError) -> Piece {
        var text = "(?:"
        var copies = 1
        var leaves = 0
        for (index, node) in nodes.enumerated() {
            let piece = try piece(node)
            if index > 0 { text += separator }
            text += piece.text
            copies = max(copies, piece.copies)
            leaves += piece.leaves
            guard text.utf8.count <= Self.bytesMax, leaves <= Self.leavesMax else {
                throw .tooLarge
            }
        }
        return Piece(text: text + ")", copies: copies, leaves: max(leaves, 1))
    }

    private func text(of assertion: RegexAssertion) -> String {
        switch assertion {
        case .textStart: "(?:\\A)"
        case .textEnd: "(?:\\z)"
        case .lineStart: "(?m:^)"
        case .lineEnd: "(?m:$)"
        case .wordBoundary: "(?:\\b)"
        case .notWordBoundary: "(?:\\B)"
        }
    }

    // Repetition

    private func repeated(
        _ piece: Piece, _ min: Int, _ max: Int?
    ) throws(RegexSyntaxError) -> Piece {
        let times = max.map { Swift.max($0, 1) } ?? (min + 1)
        // What `?`, `*` and `+` repeat may be long.
        let leavesMax = times <= 2 ? Self.leavesMax : Self.repeatedLeavesMax
        guard times <= leavesMax / piece.leaves else { throw .tooLarge }
        var parts = try copies(of: piece, min, "{", "}")
        if let max {
            parts += try copies(of: piece, max - min, "{0,", "}")
        } else {
            parts.append(Piece(text: piece.text + "*", copies: piece.copies))
        }
        return Piece(
            text: "(?:" + parts.map(\.text).joined() + ")",
            copies: parts.map(\.copies).max() ?? 1, leaves: piece.leaves * times)
    }

    /// As many copies as asked for, in as few repetitions as RE2 takes.
    private func copies(
        of piece: Piece, _ count: Int, _ head: String, _ tail: String
    ) throws(RegexSyntaxError) -> [Piece] {
        let chunk = Self.copiesMax / piece.copies
        let (whole, rest) = count.quotientAndRemainder(dividingBy: chunk)
        guard (whole + 1) * (piece.text.utf8.count + 8) <= Self.bytesMax else { throw .tooLarge }
        func part(_ count: Int) -> Piece {
            Piece(text: "\(piece.text)\(head)\(count)\(tail)", copies: piece.copies * count)
        }
        return Array(repeating: part(chunk), count: whole) + (rest > 0 ? [part(rest)] : [])
    }

    // Classes

    private func one(of set: ScalarSet) -> String {
        guard alphabet == .marked else { return Self.brackets(set) }
        let bare = set.subtracting(MarkedText.wrapped)
        let wrapped = set.intersection(MarkedText.wrapped)
        let inner = MarkedText.inside(wrapped)
        if wrapped.isEmpty { return Self.brackets(bare) }
        if bare.isEmpty { return "(?:0\(Self.brackets(inner))0)" }
        return "(?:\(Self.brackets(bare))|0\(Self.brackets(inner))0)"
    }

    /// The class as ranges, or as what it leaves out when that is shorter.
    static func brackets(_ set: ScalarSet) -> String {
        if set.ranges.count == 1, set.ranges[0].count == 1 { return ranges(set) }
        let complement = set.complement
        if set.isEmpty { return "[^" + ranges(complement) + "]" }
        if complement.isEmpty { return "(?s:.)" }
        let isShorter = set.ranges.count <= complement.ranges.count
        return isShorter ? "[" + ranges(set) + "]" : "[^" + ranges(complement) + "]"
    }

    private static func ranges(_ set: ScalarSet) -> String {
        var text = ""
        for range in set.ranges {
            append(range.lowerBound, to: &text)
            guard range.count > 1 else { continue }
            text += "-"
            append(range.upperBound, to: &text)
        }
        return text
    }

    /// Letters, digits and what is not ASCII stand for themselves.
    private static func append(_ value: UInt32, to text: inout String) {
        if let scalar = Unicode.Scalar(value),
            value >= 0x80 || POSIXClass.alnum.contains(value)
        {
            text.unicodeScalars.append(scalar)
        } else {
            text += "\\x{" + String(value, radix: 16) + "}"
        }
    }
}

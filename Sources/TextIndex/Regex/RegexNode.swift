/// A regular expression as a tree. What doesn't change whether it matches, such as groups' names
/// and laziness, is left out.
struct RegexNode: Sendable {
    indirect enum Kind: Sendable {
        case empty
        /// One scalar of the set.
        case one(ScalarSet)
        case assertion(RegexAssertion)
        case sequence([RegexNode])
        case choice([RegexNode])
        /// - Parameter max: nil for any number.
        case repeated(RegexNode, min: Int, max: Int?)
    }

    let kind: Kind
    /// How many repetitions are stacked in it.
    let depth: Int

    init(_ kind: Kind) {
        self.kind = kind
        depth =
            switch kind {
            case .empty, .one, .assertion: 0
            case .sequence(let nodes), .choice(let nodes): nodes.map(\.depth).max() ?? 0
            case .repeated(let node, _, _): node.depth + 1
            }
    }

    static func sequence(_ nodes: [RegexNode]) -> RegexNode {
        nodes.count == 1 ? nodes[0] : RegexNode(nodes.isEmpty ? .empty : .sequence(nodes))
    }

    static func choice(_ nodes: [RegexNode]) -> RegexNode {
        nodes.count == 1 ? nodes[0] : RegexNode(.choice(nodes))
    }
}

/// A condition on a place in the text.
enum RegexAssertion: Sendable, Hashable {
    case textStart, textEnd, lineStart, lineEnd
    /// Whether a word begins or ends there; only ASCII has words unless it is Unicode's.
    case wordBoundary(isUnicode: Bool)
    case notWordBoundary(isUnicode: Bool)
}

/// Why a pattern is no regular expression, in the words of Rust's parser.
struct RegexSyntaxError: Error, Equatable {
    let reason: String

    init(_ reason: String) { self.reason = reason }

    static let unclosedGroup = RegexSyntaxError("unclosed group")
    static let unclosedClass = RegexSyntaxError("unclosed character class")
    static let nothingToRepeat = RegexSyntaxError("repetition operator missing expression")
    static let unicodeNotAllowed = RegexSyntaxError("Unicode not allowed here")
    static let invalidUTF8 = RegexSyntaxError("pattern can match invalid UTF-8")
    static let tooLarge = RegexSyntaxError("the expanded pattern exceeds the size limit")
    static let nestedTooDeep = RegexSyntaxError(
        "exceeded the maximum number of nested parentheses/brackets"
            + " (\(RegexParser.nestingMax))")
}

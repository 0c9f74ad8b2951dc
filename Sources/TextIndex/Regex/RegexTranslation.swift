/// A pattern of Rust's `regex`, in expressions that RE2 reads the same way.
struct RegexTranslation {
    /// For every text; if `marked` is there, for texts of ASCII alone.
    let plain: String
    /// For marked texts; nil when the pattern asks nothing about Unicode's words.
    let marked: String?
    /// What a matching text holds, for RE2's analysis: any start, no matter where words end.
    let literals: String
    /// The pattern itself.
    let tree: RegexNode

    init(_ pattern: String) throws(RegexSyntaxError) {
        let node = try RegexParser.parse(pattern)
        tree = node
        let assertions = node.assertions
        literals = try RegexPrinter(alphabet: .plain).text(of: node)
        let asksUnicode = assertions.contains { $0.asksAboutWords(isUnicode: true) }
        guard !asksUnicode || !assertions.contains(where: { $0.asksAboutWords(isUnicode: false) })
        else { throw RegexSyntaxError("\\b with and without Unicode together is not supported") }
        // RE2 finds \B between the bytes of one character too.
        let wholeCharacters = assertions.contains(.notWordBoundary(isUnicode: false))
        plain = wholeCharacters ? "\\A(?s:.)*" + literals : literals
        marked =
            asksUnicode
            ? MarkedText.anyStart + (try RegexPrinter(alphabet: .marked).text(of: node)) : nil
    }
}

extension RegexAssertion {
    fileprivate func asksAboutWords(isUnicode wanted: Bool) -> Bool {
        switch self {
        case .wordBoundary(let isUnicode), .notWordBoundary(let isUnicode): isUnicode == wanted
        default: false
        }
    }
}

extension RegexNode {
    fileprivate var assertions: Set<RegexAssertion> {
        switch kind {
        case .empty, .one: []
        case .assertion(let assertion): [assertion]
        case .sequence(let nodes), .choice(let nodes):
            nodes.reduce(into: []) { $0.formUnion($1.assertions) }
        case .repeated(let node, _, _): node.assertions
        }
    }
}

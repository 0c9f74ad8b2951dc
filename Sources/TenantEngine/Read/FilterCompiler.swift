import ChromaModel
import TenantStorage
import TextIndex

/// Makes filters ready.
struct FilterCompiler {
    typealias Node = CompiledFilter.Node

    let deadline: SearchDeadline

    func compile(_ filter: Where) throws -> Node {
        switch filter {
        case .all(let parts): .all(try compile(NumberBounds.folded(parts, .strictest)))
        case .any(let parts): .any(try compile(NumberBounds.folded(parts, .mildest)))
        case .metadata(let key, let predicate): Self.compile(key, predicate)
        case .document(.contains(let text)): .substring(SubstringPattern(text))
        case .document(.doesNotContain(let text)): .not(.substring(SubstringPattern(text)))
        case .document(.matches(let regex)): try compile(regex)
        case .document(.doesNotMatch(let regex)): .not(try compile(regex))
        case .id(.isIn(let ids)): .ids(Set(ids))
        case .id(.isNotIn(let ids)): .not(.ids(Set(ids)))
        }
    }

    /// Each different part once, those that are cheaper to test first.
    private func compile(_ parts: [Where]) throws -> [Node] {
        var seen: Set<Where> = []
        var byCost = [[Node]](repeating: [], count: Node.costMax + 1)
        for part in parts where seen.insert(part).inserted {
            let node = try compile(part)
            byCost[node.cost].append(node)
        }
        return byCost.flatMap { $0 }
    }

    private func compile(_ pattern: String) throws -> Node {
        try deadline.check()
        let regex = try RegularExpression(pattern)
        return .regex(regex, RegexLiterals(regex))
    }

    private static func compile(_ key: MetadataKey, _ predicate: MetadataPredicate) -> Node {
        switch predicate {
        case .equal(let scalar): equal(key, scalar)
        case .notEqual(let scalar): .not(equal(key, scalar))
        case .greater(let number):
            inRange(key, NumberRange(lower: .init(number, isInclusive: false)))
        case .greaterOrEqual(let number):
            inRange(key, NumberRange(lower: .init(number, isInclusive: true)))
        case .less(let number): inRange(key, NumberRange(upper: .init(number, isInclusive: false)))
        case .lessOrEqual(let number):
            inRange(key, NumberRange(upper: .init(number, isInclusive: true)))
        case .isIn(let list): oneOf(key, list)
        case .isNotIn(let list): .not(oneOf(key, list))
        case .contains(let scalar): contains(key, scalar)
        case .doesNotContain(let scalar): .not(contains(key, scalar))
        }
    }

    private static func equal(_ key: MetadataKey, _ scalar: FilterScalar) -> Node {
        .metadata(key, .equal(scalar), [MetadataTerm(equalTo: scalar)])
    }

    private static func inRange(_ key: MetadataKey, _ range: NumberRange) -> Node {
        .metadata(key, .inRange(range), [.numbers(range)])
    }

    private static func oneOf(_ key: MetadataKey, _ list: [FilterScalar]) -> Node {
        .metadata(key, .oneOf(ScalarSet(list)), Set(list).map { MetadataTerm(equalTo: $0) })
    }

    private static func contains(_ key: MetadataKey, _ scalar: FilterScalar) -> Node {
        .metadata(key, .contains(scalar), [MetadataTerm(elementOf: scalar)])
    }
}

extension CompiledFilter.Node {
    fileprivate static let costMax = 3

    /// How dear it is to test a row: ids, metadata, substrings, regular expressions.
    fileprivate var cost: Int {
        switch self {
        case .ids: 0
        case .metadata: 1
        case .substring: 2
        case .regex: 3
        case .not(let node): node.cost
        case .all(let nodes), .any(let nodes): nodes.reduce(1) { max($0, $1.cost) }
        }
    }
}

import ChromaModel
import TextIndex

/// A filter made ready to be asked of many rows: patterns compiled, lists hashed.
///
/// Negative operators are complements of their positive twins over all live records, so a
/// record without the key or document passes them (protocol §4.2).
struct CompiledFilter: Sendable {
    private indirect enum Node: Sendable {
        case all([Node])
        case any([Node])
        case not(Node)
        case metadata(MetadataKey, MetadataTest)
        case substring(SubstringPattern)
        case regex(RegularExpression)
        case ids(Set<RecordID>)
    }

    private let root: Node

    /// - Throws: `invalidArgument` when a regular expression has a syntax error.
    init(_ filter: Where) throws(ServiceError) { root = try Self.compile(filter) }

    /// Whether a row of a part passes.
    func passes(_ part: Part, _ row: Int) -> Bool { Self.passes(root, part, row) }

    private static func compile(_ filter: Where) throws(ServiceError) -> Node {
        switch filter {
        case .all(let parts): .all(try compile(parts))
        case .any(let parts): .any(try compile(parts))
        case .metadata(let key, let predicate): compile(key, predicate)
        case .document(.contains(let text)): .substring(SubstringPattern(text))
        case .document(.doesNotContain(let text)): .not(.substring(SubstringPattern(text)))
        case .document(.matches(let regex)): .regex(try RegularExpression(regex))
        case .document(.doesNotMatch(let regex)): .not(.regex(try RegularExpression(regex)))
        case .id(.isIn(let ids)): .ids(Set(ids))
        case .id(.isNotIn(let ids)): .not(.ids(Set(ids)))
        }
    }

    private static func compile(_ parts: [Where]) throws(ServiceError) -> [Node] {
        var nodes: [Node] = []
        for part in parts { nodes.append(try compile(part)) }
        return nodes
    }

    private static func compile(_ key: MetadataKey, _ predicate: MetadataPredicate) -> Node {
        switch predicate {
        case .equal(let scalar): .metadata(key, .equal(scalar))
        case .notEqual(let scalar): .not(.metadata(key, .equal(scalar)))
        case .greater(let number): .metadata(key, .compare(number, { $0 == .above }))
        case .greaterOrEqual(let number): .metadata(key, .compare(number, { $0 != .below }))
        case .less(let number): .metadata(key, .compare(number, { $0 == .below }))
        case .lessOrEqual(let number): .metadata(key, .compare(number, { $0 != .above }))
        case .isIn(let list): .metadata(key, .oneOf(ScalarSet(list)))
        case .isNotIn(let list): .not(.metadata(key, .oneOf(ScalarSet(list))))
        case .contains(let scalar): .metadata(key, .contains(scalar))
        case .doesNotContain(let scalar): .not(.metadata(key, .contains(scalar)))
        }
    }

    private static func passes(_ node: Node, _ part: Part, _ row: Int) -> Bool {
        switch node {
        case .all(let nodes):
            for node in nodes where !passes(node, part, row) { return false }
            return true
        case .any(let nodes):
            for node in nodes where passes(node, part, row) { return true }
            return false
        case .not(let node): return !passes(node, part, row)
        case .metadata(let key, let test):
            return part.metadataValue(of: row, key).map(test.passes) ?? false
        case .substring(let pattern): return part.document(of: row).map(pattern.occurs) ?? false
        case .regex(let regex): return part.document(of: row).map(regex.matches) ?? false
        case .ids(let ids): return ids.contains(part.id(of: row))
        }
    }
}

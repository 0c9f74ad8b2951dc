import ChromaModel
import TenantStorage
import TextIndex

/// A filter made ready to be asked of many rows: patterns compiled, lists hashed.
///
/// Negative operators are complements of their positive twins over all live records, so a
/// record without the key or document passes them (protocol §4.2).
struct CompiledFilter: Sendable {
    indirect enum Node: Sendable {
        /// Cheaper nodes first.
        case all([Node])
        case any([Node])
        case not(Node)
        /// A test of one value, and what to look up to find the rows that pass it.
        case metadata(MetadataKey, MetadataTest, [MetadataTerm])
        case substring(SubstringPattern)
        case regex(RegularExpression, RegexLiterals?)
        case ids(Set<RecordID>)
    }

    /// What it was made of.
    let source: Where
    let root: Node

    /// - Throws: `invalidArgument` when a regular expression has a syntax error.
    init(_ filter: Where) throws(ServiceError) {
        source = filter
        root = try Self.compile(filter)
    }

    /// Whether a row of a part passes.
    func passes(_ part: Part, _ row: Int) -> Bool { Self.passes(root, part, row) }

    private static func passes(_ node: Node, _ part: Part, _ row: Int) -> Bool {
        switch node {
        case .all(let nodes):
            for node in nodes where !passes(node, part, row) { return false }
            return true
        case .any(let nodes):
            for node in nodes where passes(node, part, row) { return true }
            return false
        case .not(let node): return !passes(node, part, row)
        case .metadata(let key, let test, _):
            return part.metadataValue(of: row, key).map(test.passes) ?? false
        case .substring(let pattern):
            return part.withDocument(of: row) { $0.map(pattern.occurs) ?? false }
        case .regex(let regex, _):
            return part.withDocument(of: row) { $0.map(regex.matches) ?? false }
        case .ids(let ids): return ids.contains(part.id(of: row))
        }
    }
}

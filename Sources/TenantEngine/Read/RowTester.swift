import ChromaModel
import TextIndex

/// Tests rows one by one, until the search's deadline.
struct RowTester {
    private let root: CompiledFilter.Node
    private var pace: SearchPace

    init(_ filter: CompiledFilter, until deadline: SearchDeadline) {
        root = filter.root
        pace = SearchPace(deadline)
    }

    /// Whether a row of a part passes. Throws as `SearchDeadline.check` does.
    mutating func passes(_ part: Part, _ row: Int) throws -> Bool {
        try passes(root, part, row)
    }

    private mutating func passes(_ node: CompiledFilter.Node, _ part: Part, _ row: Int) throws
        -> Bool
    {
        switch node {
        case .all(let nodes):
            for node in nodes where try !passes(node, part, row) { return false }
            return true
        case .any(let nodes):
            for node in nodes where try passes(node, part, row) { return true }
            return false
        case .not(let node): return try !passes(node, part, row)
        case .metadata(let key, let test, _):
            try pace.spend(1)
            return part.metadataValue(of: row, key).map(test.passes) ?? false
        case .substring(let pattern):
            return try document(of: part, row) { text, _ in pattern.occurs(in: text) }
        case .regex(let regex, _):
            return try document(of: part, row) { text, pace in
                try regex.matches(text, asking: pace.look)
            }
        case .ids(let ids):
            try pace.spend(1)
            return ids.contains(part.id(of: row))
        }
    }

    /// Whether a row's document passes; a row without one doesn't.
    private mutating func document(
        of part: Part, _ row: Int,
        _ test: (UnsafeRawBufferPointer, SearchPace) throws -> Bool
    ) throws -> Bool {
        try part.withDocument(of: row) { text in
            guard let text else { return false }
            try pace.spend(1 + text.count / SearchPace.bytesPerWork)
            return try test(text, pace)
        }
    }
}

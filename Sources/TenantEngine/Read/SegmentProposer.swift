import ChromaModel
import TenantStorage
import TextIndex

/// Asks a segment's indexes which rows may pass a filter.
struct SegmentProposer {
    /// A row is tested as fast as this many rows are taken from a posting.
    private static let postingsPerTest = 256
    /// So few rows are tested faster than trigrams are looked up.
    private static let textRowsMin = 64

    let sections: SegmentSections
    let deadline: SearchDeadline

    /// Throws as `SearchDeadline.check` does.
    ///
    /// - Parameter rows: of all others nothing is said.
    func propose(_ node: CompiledFilter.Node, among rows: RowBitmap) throws -> IndexProposal {
        try deadline.check()
        return switch node {
        case .all(let nodes): try all(nodes, rows)
        case .any(let nodes): try any(nodes, rows)
        case .not(let node): try propose(node, among: rows).complement(in: rows)
        case .metadata, .ids:
            postings(of: node).map { exactly($0, among: rows) } ?? IndexProposal(amongst: rows)
        case .substring(let pattern):
            text(among: rows) { index in
                pattern.trigrams.values.isEmpty ? nil : index.rows(holding: pattern.trigrams)
            }
        case .regex(_, let literals):
            text(among: rows) { index in literals.map { index.rows(matching: $0) } }
        }
    }

    /// Takes the shortest postings first; leaves to a test of each row what would cost more.
    private func all(_ nodes: [CompiledFilter.Node], _ rows: RowBitmap) throws -> IndexProposal {
        var result = IndexProposal(exactly: rows)
        var looked: [(postings: Postings, isNegated: Bool)] = []
        var others: [CompiledFilter.Node] = []
        for node in nodes {
            if let postings = postings(of: node) {
                looked.append((postings, false))
            } else if case .not(let inner) = node, let postings = postings(of: inner) {
                looked.append((postings, true))
            } else {
                others.append(node)
            }
        }
        looked.sort { left, right in
            left.isNegated == right.isNegated
                ? left.postings.count < right.postings.count : right.isNegated
        }
        for (postings, isNegated) in looked where !result.possible.isEmpty {
            try deadline.check()
            if postings.count / Self.postingsPerTest > result.possible.count {
                result.narrow(by: IndexProposal(amongst: result.possible))
            } else if isNegated {
                result.narrow(without: postings)
            } else {
                result.narrow(by: exactly(postings, among: result.possible))
            }
        }
        for node in others where !result.possible.isEmpty {
            result.narrow(by: try propose(node, among: result.possible))
        }
        return result
    }

    private func any(_ nodes: [CompiledFilter.Node], _ rows: RowBitmap) throws -> IndexProposal {
        var found = RowBitmap(rowCount: rows.rowCount)
        var others: [CompiledFilter.Node] = []
        for node in nodes {
            try deadline.check()
            guard let postings = postings(of: node) else {
                others.append(node)
                continue
            }
            postings.insert(into: &found)
        }
        found.formIntersection(rows)
        var result = IndexProposal(exactly: found)
        for node in others {
            var rest = rows
            rest.subtract(result.certain)
            if rest.isEmpty { break }
            result.widen(by: try propose(node, among: rest))
        }
        return result
    }

    /// The rows that a leaf is looked up to, not only those asked about; nil when no index has it.
    private func postings(of node: CompiledFilter.Node) -> Postings? {
        switch node {
        case .metadata(let key, _, let terms):
            sections.metadataIndex.map { Postings(runs: $0.rows(key, terms)) }
        case .ids(let ids): Postings(listed: ids.compactMap { sections.row(of: $0) })
        default: nil
        }
    }

    private func exactly(_ postings: Postings, among rows: RowBitmap) -> IndexProposal {
        var found = RowBitmap(rowCount: rows.rowCount)
        postings.insert(into: &found)
        found.formIntersection(rows)
        return IndexProposal(exactly: found)
    }

    private func text(among rows: RowBitmap, _ look: (TrigramIndex) -> RowBitmap?) -> IndexProposal
    {
        guard rows.count >= Self.textRowsMin, let index = sections.trigramIndex,
            var found = look(index)
        else { return IndexProposal(amongst: rows) }
        found.formIntersection(rows)
        return IndexProposal(amongst: found)
    }
}

/// How much a search reads at most: enough to tell short searches from long ones beforehand.
///
/// Counted in elements of four-bit codes that lie one behind the other, some 0.02 ns each on one
/// core (vector-index §5).
package struct SearchWork: Sendable, Comparable {
    package private(set) var elements: Int

    package static let none = SearchWork(elements: 0)

    /// An element of f32, read one behind the other or row by row: eight times the bytes.
    private static let elementsPerFloat = 10
    /// Rows that lie anywhere wait for memory.
    private static let elementsPerGathered = 3
    /// What a row costs whatever its dimension: its estimate, the comparison, its head.
    private static let elementsPerRow = 128

    /// Rows that are scored in f32.
    package static func floats(rows: Int, dimension: Int) -> SearchWork {
        SearchWork(elements: rows * (dimension * elementsPerFloat + elementsPerRow))
    }

    /// Rows whose codes are read in a row.
    package static func codes(rows: Int, dimension: Int) -> SearchWork {
        SearchWork(elements: rows * (dimension + elementsPerRow))
    }

    /// Rows whose codes are read one here, one there.
    static func gathered(rows: Int, dimension: Int) -> SearchWork {
        SearchWork(elements: rows * (dimension + elementsPerRow) * elementsPerGathered)
    }

    package static func + (left: SearchWork, right: SearchWork) -> SearchWork {
        SearchWork(elements: left.elements + right.elements)
    }

    package static func < (left: SearchWork, right: SearchWork) -> Bool {
        left.elements < right.elements
    }
}

extension SearchWork {
    /// What an index reads to follow a plan.
    ///
    /// - Parameter available: rows that may be in the answer.
    init(_ plan: SearchPlan, rows: VectorRows, graph: GraphSection?, available: Int) {
        let dimension = rows.dimension
        func reranking(_ count: Int) -> SearchWork {
            .floats(rows: count + (graph?.looseRows.count ?? 0), dimension: dimension)
        }
        switch plan {
        case .raw: self = .floats(rows: available, dimension: dimension)
        case .certified: self = .codes(rows: rows.count, dimension: dimension)
        case .codes(let reranked) where available == rows.count:
            self = .codes(rows: rows.count, dimension: dimension) + reranking(reranked)
        case .codes(let reranked):
            self = .gathered(rows: available, dimension: dimension) + reranking(reranked)
        case .graph(let breadth, let reranked):
            self = .walk(breadth, graph, dimension) + reranking(reranked)
        case .collect(let breadth, let reranked):
            let found = SearchWork.walk(breadth, graph, dimension) + reranking(reranked)
            let isSure = available * Self.collectedPart >= rows.count * (Self.collectedPart - 1)
            self = isSure ? found : found + .gathered(rows: available, dimension: dimension)
        case .filteredGraph(_, let reranked):
            // At worst it gives up and scans; it scores an eighth of that before.
            self =
                .gathered(rows: available + available / 8, dimension: dimension)
                + reranking(reranked)
        }
    }

    /// Where no more than one row in so many is missing, what lives of a graph hangs together: a
    /// walk that finds too few goes on from there, and doesn't end as a scan.
    private static let collectedPart = 10
    /// Rows that a walk scores for each candidate it keeps.
    private static let scoredPerCandidate = 16

    private static func walk(_ breadth: Int, _ graph: GraphSection?, _ dimension: Int)
        -> SearchWork
    {
        let entries = graph.map { EntryNodes(nodeCount: $0.nodeCount).count } ?? 0
        return .gathered(rows: entries + breadth * scoredPerCandidate, dimension: dimension)
    }
}

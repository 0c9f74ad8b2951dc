/// How a search goes about it, chosen by how many rows may be in the answer.
package enum SearchPlan: Sendable, Hashable {
    /// Every allowed row in f32: exact.
    case raw
    /// Every row's codes with bounds, and f32 where they don't decide: exact.
    case certified
    /// The codes of every allowed row, then f32 for the best.
    case codes(reranked: Int)
    /// The graph, then f32 for the best.
    case graph(breadth: Int, reranked: Int)
    /// The graph, and of what is found the allowed; falls back to `.filteredGraph` when those
    /// are too few.
    case collect(breadth: Int, reranked: Int)
    /// The graph through allowed nodes and the neighbours of others; falls back to `.codes`
    /// when it takes too long.
    case filteredGraph(breadth: Int, reranked: Int)

    package var isExact: Bool {
        switch self {
        case .raw, .certified: true
        case .codes, .graph, .collect, .filteredGraph: false
        }
    }

    /// Elements (rows × dimension) that are scored in f32 rather than by codes.
    private static let rawElementsMax = 400_000
    /// So many rows are scored by their codes, one behind the other, in the time of one in f32.
    private static let codesPerRaw = 8
    /// Elements of allowed rows whose codes are scanned rather than the graph walked.
    private static let scannedElementsMax = 4_000_000
    /// Walking a filtered graph needs more candidates.
    private static let filteredBreadthFactor = 1.5
    /// Where fewer are allowed, a walk of the whole graph must be too wide.
    private static let collectedShareMin = 0.3
    /// The allowed may be fewer near a query than elsewhere. Apart from that as many of them are
    /// wanted as a search of all rows keeps: its recall is known.
    private static let collectedMargin = 1.5
    /// A walk scores so many rows for each candidate; past the number there are, scanning is
    /// cheaper.
    private static let scoredPerCandidate = 16

    init(
        rows: VectorRows, graph: GraphSection?, count: Int, allowed: Int?, breadthMin: Int
    ) {
        let available = allowed ?? rows.count
        guard let graph else {
            let isFew = available * Self.codesPerRaw <= rows.count
            let isRaw = isFew || available * rows.dimension <= Self.rawElementsMax
            self = isRaw ? .raw : .certified
            return
        }
        let reranked = max(2 * count, count + 8)
        let breadth = max(graph.breadth, breadthMin, reranked + reranked / 2)
        let isScanned = graph.breadth == GraphSection.scanningBreadth
        let isFiltered = available < rows.count
        let elements = available * rows.dimension
        if isFiltered, elements <= Self.rawElementsMax || available <= reranked {
            self = .raw
        } else if isFiltered && elements <= Self.scannedElementsMax
            || isScanned || breadth * Self.scoredPerCandidate >= available
        {
            self = .codes(reranked: reranked)
        } else if isFiltered {
            self = .filtered(breadth, reranked, share: Double(available) / Double(rows.count))
        } else {
            self = .graph(breadth: breadth, reranked: reranked)
        }
    }

    private static func filtered(_ breadth: Int, _ reranked: Int, share: Double) -> SearchPlan {
        guard share >= collectedShareMin else { return walk(breadth, reranked) }
        let wanted = Int(Double(reranked) / share * collectedMargin)
        let asMany = Int(Double(breadth) / share)
        return .collect(breadth: max(asMany, wanted), reranked: reranked)
    }

    /// What `.collect` falls back to.
    static func walk(_ breadth: Int, _ reranked: Int) -> SearchPlan {
        let wider = Int(Double(breadth) * filteredBreadthFactor)
        return .filteredGraph(breadth: wider, reranked: reranked)
    }
}

import CKernels
import ChromaModel

/// Searches a graph for some of its own rows and widens its searches until they find enough; if
/// they never do, as with inner products of rows of very different length, codes are scanned.
struct RecallCheck: Sendable {
    let rows: VectorRows
    let options: IndexBuilder.Options
    let workers: Workers

    private static let queries = 200
    private static let nearest = 10
    /// Wider searches than this don't pay any more.
    private static let breadthMax = 512
    /// Wider searches than this are only for the recall that there must be.
    private static let narrowMax = 160
    private static let growth = 1.1

    /// Candidates that a graph of so many nodes needs before anything was measured.
    static func breadth(nodes: Int) -> Int {
        guard nodes > 0 else { return 32 }
        let grown = 24 + 16 * (Float(nodes) / 50_000).logarithm2
        return Int(min(Float(narrowMax), max(32, grown)))
    }

    /// - Returns: the graph's section with a breadth that reaches the recall, and the recall.
    func tuned(_ contents: GraphSection.Contents, codes: [UInt8]) throws(CancellationError) -> (
        [UInt8], Double
    ) {
        var breadth = max(
            options.breadthMin, Self.breadth(nodes: contents.adjacency.nodeCount))
        var graph = GraphSection.bytes(contents, breadth: breadth)
        let built = BuiltIndex(codes: codes, graph: graph, measuredRecall: nil)
        guard let index = try? EmbeddingIndex(IndexSections(built), of: rows) else {
            return (graph, 0)
        }
        let truth = try GroundTruth(
            rows, nodeOfRow: contents.nodeOfRow, queries: Self.queries, nearest: Self.nearest,
            workers)
        var recall = truth.recall(of: index, breadth: breadth)
        while isTooLow(recall, breadth: breadth) {
            try workers.check()
            breadth = Int(Double(breadth) * Self.growth) + 1
            recall = truth.recall(of: index, breadth: breadth)
        }
        // What no breadth finds well enough is scanned.
        if recall < options.recallMin { breadth = GraphSection.scanningBreadth }
        graph = GraphSection.bytes(contents, breadth: breadth)
        return (graph, recall)
    }

    private func isTooLow(_ recall: Double, breadth: Int) -> Bool {
        recall < options.recallMin && breadth < Self.breadthMax
            || recall < options.recallWanted && breadth < Self.narrowMax
    }
}

extension Float {
    /// Without Foundation: exponent and a line through the significand are near enough.
    fileprivate var logarithm2: Float { Float(exponent) + significand - 1 }
}

import CKernels
import ChromaModel

/// Builds the index of a segment's rows. Takes seconds: call it on a thread of your own.
package struct IndexBuilder: Sendable {
    /// What a build may be told.
    package struct Options: Sendable {
        /// The same seed gives the same bytes, however many threads there are.
        package var seed: UInt64 = 0x7E55_E7A1
        /// Threads that work, the caller's included.
        package var threads = 1
        /// Nil: by the number and dimension of the rows.
        package var sizeClass: SizeClass?
        /// Recall at 10 that the graph must reach on its own rows; its breadth is raised until
        /// it does, and codes are scanned when none reaches it.
        package var recallMin = 0.98
        /// Recall that the breadth is raised for beyond that, as long as searches stay narrow:
        /// what others' graphs find with their defaults.
        package var recallWanted = 0.99
        /// Candidates a search keeps at least, as a client asked for (`ef_search`).
        package var breadthMin = 0

        package init() {}
    }

    private let rows: VectorRows
    private let options: Options
    private let workers: Workers
    private let progress: @Sendable (Double) -> Void

    /// - Parameters:
    ///   - isCancelled: asked often, on any thread.
    ///   - progress: told the done part of the work, 0...1, rising.
    package init(
        _ rows: VectorRows, options: Options = Options(),
        isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) {
        self.rows = rows
        self.options = options
        self.progress = progress
        workers = Workers(threads: options.threads, isCancelled: isCancelled)
    }

    /// - Returns: nil when rows of this number and kind are best searched without an index.
    /// - Throws: when the build was cancelled.
    package func build() throws(CancellationError) -> BuiltIndex? {
        guard rows.count > 0, rows.count <= IndexFormat.rowsMax else { return nil }
        switch options.sizeClass ?? SizeClass(rows: rows.count, dimension: rows.dimension) {
        case .raw: return nil
        case .codes: return try buildCodes()
        case .graph: return try buildGraph()
        }
    }

    private var bits: CodeBits {
        rows.dimension < CodeBits.four.blockElements ? .eight : .four
    }

    private func buildCodes() throws(CancellationError) -> BuiltIndex {
        let quantiser = Quantiser(for: rows, bits: bits, seed: options.seed)
        let encoded = try EncodedRows(rows, quantiser, withMatrix: false, workers)
        progress(1)
        return BuiltIndex(
            codes: CodesSection.bytes(quantiser, count: rows.count, codes: encoded.codes),
            graph: nil, measuredRecall: nil)
    }

    private func buildGraph() throws(CancellationError) -> BuiltIndex? {
        let quantiser = Quantiser(for: rows, bits: bits, seed: options.seed)
        let encoded = try EncodedRows(rows, quantiser, withMatrix: true, workers)
        progress(0.1)
        guard let nodes = try GraphNodes(encoded, seed: options.seed, workers) else { return nil }
        let codes = CodesSection.bytes(
            quantiser, count: nodes.count, codes: nodes.codes(of: encoded))
        progress(0.2)
        let builder = GraphBuilder(
            parameters: GraphBuilder.Parameters(), workers: workers, progress: progress)
        let (adjacency, candidates) = try builder.adjacency(
            of: nodes.matrix, try nodes.partitions())
        let lost = Reachability(
            adjacency: adjacency, candidates: candidates,
            entries: EntryNodes(nodeCount: nodes.count).nodes
        ).repair()
        let contents = nodes.contents(adjacency, lost: lost, of: rows)
        let check = RecallCheck(rows: rows, options: options, workers: workers)
        let (graph, recall) = try check.tuned(contents, codes: codes)
        progress(1)
        return BuiltIndex(codes: codes, graph: graph, measuredRecall: recall)
    }
}

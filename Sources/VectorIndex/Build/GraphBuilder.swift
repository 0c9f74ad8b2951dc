import CKernels

/// Builds a graph over a matrix: neighbours from partitions, pruned, joined both ways, pruned
/// again, and made reachable.
struct GraphBuilder: Sendable {
    struct Parameters: Sendable {
        var degree = 32
        /// Of squared distances.
        var alpha: Float = 1.2
        var neighboursPerLeaf = 24
        var reservoir = 96
        var partition = Partition.Parameters()
    }

    let parameters: Parameters
    let workers: Workers
    let progress: @Sendable (Double) -> Void

    /// Nodes pruned by one worker at a time.
    private static let chunkNodes = 256

    /// - Parameter partitions: the leaves of each, of the matrix's rows.
    func adjacency(of matrix: BuildMatrix, _ partitions: [Partition.Leaves])
        throws(CancellationError) -> (Adjacency, Reservoirs)
    {
        let reservoirs = Reservoirs(nodes: matrix.count, capacity: parameters.reservoir)
        let finder = LeafNeighbours(
            matrix: matrix, reservoirs: reservoirs, perLeaf: parameters.neighboursPerLeaf,
            workers: workers)
        for (index, leaves) in partitions.enumerated() {
            try finder.collect(leaves)
            progress(0.2 + 0.4 * Double(index + 1) / Double(partitions.count))
        }
        try prune(matrix, reservoirs)
        progress(0.8)
        let adjacency = try join(matrix, reservoirs)
        progress(0.95)
        return (adjacency, reservoirs)
    }

    /// Leaves in each reservoir what is chosen of it.
    private func prune(_ matrix: BuildMatrix, _ reservoirs: Reservoirs)
        throws(CancellationError)
    {
        let parameters = parameters
        try workers.forEach(
            matrix.count, chunk: Self.chunkNodes,
            makeState: {
                EdgeChoice(
                    matrix, degree: parameters.degree, alpha: parameters.alpha,
                    candidatesMax: parameters.reservoir)
            }
        ) { choice, range in
            for node in range {
                let candidates = UnsafeBufferPointer(reservoirs.neighbours(of: node))
                reservoirs.set(node, to: choice.choose(candidates))
            }
        }
    }

    /// Gives every node its own edges and those of the nodes that chose it, pruned when too many.
    private func join(_ matrix: BuildMatrix, _ reservoirs: Reservoirs)
        throws(CancellationError) -> Adjacency
    {
        let adjacency = Adjacency(nodeCount: matrix.count, degree: parameters.degree)
        let reverse = ReverseEdges(of: reservoirs, nodes: matrix.count)
        let parameters = parameters
        try workers.forEach(
            matrix.count, chunk: Self.chunkNodes,
            makeState: {
                JoinState(
                    choice: EdgeChoice(
                        matrix, degree: parameters.degree, alpha: parameters.alpha,
                        candidatesMax: parameters.reservoir),
                    room: Block(parameters.reservoir))
            }
        ) { state, range in
            for node in range {
                var back = reverse.neighbours(of: node)
                back.sort()
                let merged = Reservoirs.merge(
                    UnsafeBufferPointer(reservoirs.neighbours(of: node)),
                    UnsafeBufferPointer(back), into: state.room.start, state.room.count)
                let all = UnsafeBufferPointer(start: state.room.start, count: merged)
                adjacency.set(
                    node, to: merged <= parameters.degree ? all : state.choice.choose(all))
            }
        }
        return adjacency
    }

    private struct JoinState {
        let choice: EdgeChoice
        let room: Block<UInt64>
    }
}

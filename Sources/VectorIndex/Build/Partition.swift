import CKernels

/// Overlapping clusters of at most `leafRowsMax` nodes: the leaves of a random tree.
///
/// A set of nodes is divided by its nearest leaders, which are nodes drawn at random; each node
/// goes to several of them near the root of the tree and to one further down, because everywhere
/// several would make heavy clusters grow without bound (PiPNN, arXiv 2602.21247).
struct Partition: Sendable {
    struct Parameters: Sendable {
        var leafRowsMax = 1024
        /// Leaders a node goes to, by depth; 1 below.
        var fans = [4, 2]
        var leadersMax = 1000
    }

    let matrix: BuildMatrix
    let parameters: Parameters
    let workers: Workers

    /// The nodes of leaf i are `nodes[starts[i]..<starts[i + 1]]`, rising.
    struct Leaves: Sendable {
        var starts: [Int] = [0]
        var nodes: [UInt32] = []

        var count: Int { starts.count - 1 }

        mutating func append(_ leaf: some Sequence<UInt32>) {
            nodes.append(contentsOf: leaf)
            starts.append(nodes.count)
        }

        /// The same leaves with other numbers for the nodes.
        func renumbered(_ number: (UInt32) -> UInt32) -> Leaves {
            var leaves = Leaves()
            for leaf in 0..<count {
                leaves.append(nodes[starts[leaf]..<starts[leaf + 1]].map(number).sorted())
            }
            return leaves
        }
    }

    /// - Parameter nodes: rising.
    func leaves(of nodes: [UInt32], seed: UInt64) throws(CancellationError) -> Leaves {
        var leaves = Leaves()
        var random = SplitMix(seed: seed)
        try divide(nodes, depth: 0, &random, &leaves)
        return leaves
    }

    private func divide(
        _ nodes: [UInt32], depth: Int, _ random: inout SplitMix, _ leaves: inout Leaves
    ) throws(CancellationError) {
        if nodes.count <= parameters.leafRowsMax {
            leaves.append(nodes)
            return
        }
        try workers.check()
        let fan = depth < parameters.fans.count ? parameters.fans[depth] : 1
        let leaders = draw(nodes, fan: fan, &random)
        let clusters = try assign(nodes, to: leaders, fan: min(fan, leaders.count))
        for cluster in clusters where !cluster.isEmpty {
            // Rows that no leader tells apart are divided anyhow.
            if cluster.count * 8 > nodes.count * 7 {
                split(cluster, &random, &leaves)
            } else {
                try divide(cluster, depth: depth + 1, &random, &leaves)
            }
        }
    }

    /// Enough leaders for clusters of half the greatest size.
    private func draw(_ nodes: [UInt32], fan: Int, _ random: inout SplitMix) -> [UInt32] {
        let wanted = nodes.count * fan * 2 / parameters.leafRowsMax
        let count = min(parameters.leadersMax, max(4, wanted))
        var drawn: Set<UInt32> = []
        while drawn.count < count { drawn.insert(nodes[random.below(nodes.count)]) }
        return drawn.sorted()
    }

    private func split(
        _ cluster: [UInt32], _ random: inout SplitMix, _ leaves: inout Leaves
    ) {
        let shuffled = cluster.shuffled(using: &random)
        for start in stride(from: 0, to: shuffled.count, by: parameters.leafRowsMax) {
            let end = min(start + parameters.leafRowsMax, shuffled.count)
            leaves.append(shuffled[start..<end].sorted())
        }
    }

    /// Rows assigned by one call of the kernel.
    private static let blockRows = 32

    private func assign(_ nodes: [UInt32], to leaders: [UInt32], fan: Int)
        throws(CancellationError) -> [[UInt32]]
    {
        let matrix = matrix
        let columns = LeafRows(capacity: leaders.count, stride: matrix.stride)
        leaders.withUnsafeBufferPointer { columns.gather($0, of: matrix) }
        let shared = SharedRows(columns)
        let chosen = Block<UInt32>(nodes.count * fan)
        try workers.forEach(
            nodes.count, chunk: Self.blockRows,
            makeState: { AssignState(leaders: shared.rows, of: matrix, fan: fan) }
        ) { state, range in
            nodes.withUnsafeBufferPointer { nodes in
                state.assign(UnsafeBufferPointer(rebasing: nodes[range]))
            }
            let keys = state.keys
            for place in 0..<(range.count * fan) {
                chosen[range.lowerBound * fan + place] = NeighbourKey.node(keys[place])
            }
        }
        return clusters(nodes, chosen, leaders: leaders.count, fan: fan)
    }

    private func clusters(
        _ nodes: [UInt32], _ chosen: Block<UInt32>, leaders: Int, fan: Int
    ) -> [[UInt32]] {
        var clusters = [[UInt32]](repeating: [], count: leaders)
        for index in nodes.indices {
            for choice in 0..<fan {
                clusters[Int(chosen[index * fan + choice])].append(nodes[index])
            }
        }
        return clusters
    }

    /// Rows that several workers read.
    private struct SharedRows: @unchecked Sendable {
        // Safe to share: filled before the workers start, and not changed until they end.
        let rows: LeafRows
        init(_ rows: LeafRows) { self.rows = rows }
    }

    /// One worker's buffers.
    private struct AssignState {
        let matrix: BuildMatrix
        let leaders: LeafRows
        let rows: LeafRows
        let products: Block<Int32>
        let keys: Block<UInt64>
        let fan: Int
        let kernel = tk_products(InstructionSet.best.rawValue)

        init(leaders: LeafRows, of matrix: BuildMatrix, fan: Int) {
            self.matrix = matrix
            self.leaders = leaders
            self.fan = fan
            rows = LeafRows(capacity: blockRows, stride: matrix.stride)
            products = Block(blockRows * leaders.count)
            keys = Block(blockRows * fan)
        }

        func assign(_ nodes: UnsafeBufferPointer<UInt32>) {
            rows.gather(nodes, of: matrix)
            kernel?(
                rows.left.start, rows.count, leaders.right.start, leaders.count, matrix.stride,
                products.start, leaders.count)
            for place in 0..<rows.count {
                _ = tk_nearest(
                    products.start + place * leaders.count, leaders.count, rows.scale(place),
                    leaders.squares.start, leaders.scales.start, leaders.biases.start, .max,
                    fan, keys.start + place * fan, InstructionSet.best.rawValue)
            }
        }
    }
}

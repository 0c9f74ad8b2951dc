import CKernels

/// Finds each node's nearest within every leaf it is in, by multiplying all with all.
struct LeafNeighbours: Sendable {
    let matrix: BuildMatrix
    let reservoirs: Reservoirs
    /// Neighbours taken of each leaf.
    let perLeaf: Int
    let workers: Workers

    /// Rows multiplied with their leaf at a time: their products stay in cache.
    private static let blockRows = 32

    func collect(_ leaves: Partition.Leaves) throws(CancellationError) {
        let largest = (0..<leaves.count).map { leaves.starts[$0 + 1] - leaves.starts[$0] }.max()
        let (matrix, reservoirs, perLeaf) = (matrix, reservoirs, perLeaf)
        try workers.forEach(
            leaves.count, chunk: 1,
            makeState: {
                State(
                    leafRowsMax: largest ?? 0, matrix: matrix, reservoirs: reservoirs,
                    perLeaf: perLeaf)
            }
        ) { state, range in
            leaves.nodes.withUnsafeBufferPointer { nodes in
                let members = leaves.starts[range.lowerBound]..<leaves.starts[range.upperBound]
                state.collect(UnsafeBufferPointer(rebasing: nodes[members]))
            }
        }
    }

    private struct State {
        let matrix: BuildMatrix
        let reservoirs: Reservoirs
        let perLeaf: Int
        let rows: LeafRows
        let products: Block<Int32>
        let keys: Block<UInt64>
        let room: Block<UInt64>
        let kernel = tk_products(InstructionSet.best.rawValue)

        init(leafRowsMax: Int, matrix: BuildMatrix, reservoirs: Reservoirs, perLeaf: Int) {
            self.matrix = matrix
            self.reservoirs = reservoirs
            self.perLeaf = perLeaf
            rows = LeafRows(capacity: leafRowsMax, stride: matrix.stride)
            products = Block(blockRows * leafRowsMax)
            keys = Block(perLeaf)
            room = Block(reservoirs.capacity)
        }

        func collect(_ members: UnsafeBufferPointer<UInt32>) {
            rows.gather(members, of: matrix)
            let count = members.count
            for start in stride(from: 0, to: count, by: blockRows) {
                let block = min(blockRows, count - start)
                kernel?(
                    rows.left.start + start * matrix.stride, block, rows.right.start, count,
                    matrix.stride, products.start, count)
                for place in 0..<block {
                    if start + place + 2 < count {
                        reservoirs.prefetch(Int(members[start + place + 2]))
                    }
                    let found = tk_nearest(
                        products.start + place * count, count, rows.scale(start + place),
                        rows.squares.start, rows.scales.start, rows.biases.start, start + place,
                        perLeaf, keys.start, InstructionSet.best.rawValue)
                    for index in 0..<found {
                        let key = keys[index]
                        keys[index] = NeighbourKey.replacing(
                            key, node: members[Int(NeighbourKey.node(key))])
                    }
                    reservoirs.merge(
                        UnsafeBufferPointer(start: keys.start, count: found),
                        into: Int(members[start + place]), room: room.start)
                }
            }
        }
    }
}

import CKernels

/// Chooses a node's edges among its candidates: the nearest, but none that a chosen one leads to
/// (robust pruning, DiskANN, Subramanya et al. 2019). One worker's buffers.
final class EdgeChoice {
    private let matrix: BuildMatrix
    private let degree: Int
    /// A candidate is left out when a chosen one is so many times nearer to it than the node is;
    /// of squared distances.
    private let alpha: Float
    private let rows: LeafRows
    private let nodes: Block<UInt32>
    private let products: Block<Int32>
    private let isOut: Block<Bool>
    private let chosen: Block<UInt64>
    private let kernel = tk_products(InstructionSet.best.rawValue)

    init(_ matrix: BuildMatrix, degree: Int, alpha: Float, candidatesMax: Int) {
        self.matrix = matrix
        self.degree = degree
        self.alpha = alpha
        rows = LeafRows(capacity: candidatesMax, stride: matrix.stride)
        nodes = Block(candidatesMax)
        products = Block(candidatesMax)
        isOut = Block(candidatesMax)
        chosen = Block(degree)
    }

    /// - Parameter candidates: rising keys.
    /// - Returns: at most `degree` of them, rising; valid until the next call.
    func choose(_ candidates: UnsafeBufferPointer<UInt64>) -> UnsafeBufferPointer<UInt64> {
        let count = candidates.count
        for place in 0..<count {
            nodes[place] = NeighbourKey.node(candidates[place])
            isOut[place] = false
        }
        rows.gather(UnsafeBufferPointer(start: nodes.start, count: count), of: matrix)
        var taken = 0
        for place in 0..<count where !isOut[place] {
            chosen[taken] = candidates[place]
            taken += 1
            if taken == degree { break }
            rule(out: candidates, behind: place)
        }
        return UnsafeBufferPointer(start: chosen.start, count: taken)
    }

    /// Rules out the candidates behind `place` that it leads to.
    @inline(__always)
    private func rule(out candidates: UnsafeBufferPointer<UInt64>, behind place: Int) {
        let (first, stride) = (place + 1, rows.stride)
        let count = candidates.count - first
        guard count > 0 else { return }
        kernel?(
            rows.left.start + first * stride, count, rows.right.start + place * stride, 1, stride,
            products.start, 1)
        let row = rows.scale(place)
        for index in 0..<count {
            let other = first + index
            let product = Float(products[index] - row.bias)
            let distance =
                row.square + rows.squares[other] - 2 * row.scale * rows.scales[other] * product
            if distance * alpha < NeighbourKey.distance(candidates[other]) {
                isOut[other] = true
            }
        }
    }
}

extension IndexBuilder {
    /// About how many bytes the build of a graph takes at its peak, beside the rows themselves.
    package static func memoryBytes(rows: Int, dimension: Int) -> Int {
        let reservoir = GraphBuilder.Parameters().reservoir * MemoryLayout<UInt64>.stride
        let edges = 2 * GraphBuilder.Parameters().degree * MemoryLayout<UInt32>.stride
        // A byte an element to build by, half a byte to keep, and as much as that again written.
        return rows * (2 * dimension + reservoir + edges + rowOverheadBytes)
    }

    /// Lengths, scales, memberships of leaves and the like.
    private static let rowOverheadBytes = 128
}

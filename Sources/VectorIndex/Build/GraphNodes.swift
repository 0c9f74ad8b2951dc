import CKernels

/// The nodes of a graph: groups of rows, numbered so that those of a cluster follow each other.
///
/// What lies together in space lies together in memory then, for the build and for searches.
struct GraphNodes: Sendable {
    /// The nodes' rows of the build, in node order.
    let matrix: BuildMatrix
    /// The first row of each node.
    let firstRows: [UInt32]
    private let nodeOfRow: [UInt32]
    private let leaves: Partition.Leaves
    private let seed: UInt64
    private let workers: Workers

    var count: Int { firstRows.count }

    /// Nil when there is nothing to make a graph of.
    init?(_ encoded: EncodedRows, seed: UInt64, _ workers: Workers) throws(CancellationError) {
        guard let rowMatrix = encoded.matrix else { return nil }
        let isLoose = encoded.isLoose
        let groups = RowGroups(rowMatrix) { isLoose[$0] }
        guard !groups.firsts.isEmpty else { return nil }
        try workers.check()
        let partition = Partition(matrix: rowMatrix, parameters: .init(), workers: workers)
        let leaves = try partition.leaves(of: groups.firsts, seed: seed)
        var nodeOfFirst = [UInt32](repeating: IndexFormat.noNode, count: rowMatrix.count)
        var order: [UInt32] = []
        order.reserveCapacity(groups.firsts.count)
        for row in leaves.nodes where nodeOfFirst[Int(row)] == IndexFormat.noNode {
            nodeOfFirst[Int(row)] = UInt32(order.count)
            order.append(row)
        }
        let firstRows = order
        self.seed = seed
        self.workers = workers
        self.firstRows = firstRows
        self.leaves = leaves.renumbered { nodeOfFirst[Int($0)] }
        nodeOfRow = groups.groupOf.map {
            $0 == RowGroups.none ? IndexFormat.noNode : nodeOfFirst[Int(groups.firsts[Int($0)])]
        }
        let matrix = BuildMatrix(count: firstRows.count, stride: rowMatrix.stride)
        try workers.forEach(firstRows.count, chunk: 1024, makeState: {}) { _, range in
            for node in range { matrix.copy(Int(firstRows[node]), of: rowMatrix, to: node) }
        }
        self.matrix = matrix
    }

    /// Two partitions: neighbours that one of them parts are together in the other.
    func partitions() throws(CancellationError) -> [Partition.Leaves] {
        let partition = Partition(matrix: matrix, parameters: .init(), workers: workers)
        let all = (0..<UInt32(count)).map { $0 }
        return [leaves, try partition.leaves(of: all, seed: seed &+ 1)]
    }

    /// The search codes in node order.
    func codes(of encoded: EncodedRows) -> Block<UInt8> {
        let stride = encoded.quantiser.strideBytes
        let codes = Block<UInt8>(count * stride)
        for (node, row) in firstRows.enumerated() {
            (codes.start + node * stride).update(
                from: encoded.codes.start + Int(row) * stride, count: stride)
        }
        return codes
    }

    /// What the graph's section says of rows and nodes.
    ///
    /// - Parameter lost: nodes that no search would find; their rows become loose ones.
    func contents(_ adjacency: Adjacency, lost: [UInt32], of rows: VectorRows)
        -> GraphSection.Contents
    {
        let isLost = Set(lost)
        var rowOfNode = firstRows
        var (groupStarts, groupRows, loose): ([UInt32], [UInt32], [UInt32]) = ([], [], [])
        for (node, members) in manyRowed() {
            rowOfNode[node] = IndexFormat.manyBit | UInt32(groupStarts.count)
            let areEqual = members.allSatisfy { rows.isSame(Int($0), Int(members[0])) }
            groupStarts.append(UInt32(groupRows.count) | (areEqual ? IndexFormat.manyBit : 0))
            groupRows.append(contentsOf: members)
        }
        groupStarts.append(UInt32(groupRows.count))
        for (row, node) in nodeOfRow.enumerated()
        where node == IndexFormat.noNode || isLost.contains(node) {
            loose.append(UInt32(row))
        }
        return GraphSection.Contents(
            adjacency: adjacency, rowOfNode: rowOfNode, nodeOfRow: nodeOfRow,
            groupStarts: groupStarts, groupRows: groupRows, looseRows: loose)
    }

    /// The nodes of several rows, with all of them, rising.
    private func manyRowed() -> [(Int, [UInt32])] {
        var members: [UInt32: [UInt32]] = [:]
        for (row, node) in nodeOfRow.enumerated() where node != IndexFormat.noNode {
            if firstRows[Int(node)] != UInt32(row) {
                members[node, default: [firstRows[Int(node)]]].append(UInt32(row))
            }
        }
        return members.sorted { $0.key < $1.key }.map { (Int($0.key), $0.value) }
    }
}

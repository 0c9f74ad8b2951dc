/// Section 18: the graph, and which rows its nodes stand for.
struct GraphSection: @unchecked Sendable {
    // Safe to share: the pointers lead into the sections' bytes, which the index keeps.
    let nodeCount: Int
    let degree: Int
    /// Candidates a search keeps when nothing else asks for more.
    let breadth: Int
    let edges: UnsafePointer<UInt32>
    let looseRows: UnsafeBufferPointer<UInt32>
    private let rowOfNode: UnsafeBufferPointer<UInt32>
    let nodeOfRow: UnsafePointer<UInt32>
    private let groupStarts: UnsafeBufferPointer<UInt32>
    private let groupRows: UnsafeBufferPointer<UInt32>

    /// Searches have room for the neighbours of one node that go through one of another.
    private static let degreeMax = 64

    /// The breadth of a graph that doesn't find enough: so great that searches scan all codes.
    static let scanningBreadth = 65_536

    /// What goes into the section.
    struct Contents {
        var adjacency: Adjacency
        var rowOfNode: [UInt32]
        var nodeOfRow: [UInt32]
        var groupStarts: [UInt32]
        var groupRows: [UInt32]
        var looseRows: [UInt32]
    }

    static func bytes(_ contents: Contents, breadth: Int) -> [UInt8] {
        let adjacency = contents.adjacency
        let words = contents.rowOfNode.count + contents.nodeOfRow.count + contents.groupRows.count
        var builder = SectionBuilder(reservingBytes: adjacency.edges.count * 4 + words * 4 + 512)
        builder.append(adjacency.edges)
        builder.append(contents.rowOfNode)
        builder.append(contents.nodeOfRow)
        builder.append(contents.groupStarts)
        builder.append(contents.groupRows)
        builder.append(contents.looseRows)
        return builder.finish(
            magic: IndexFormat.graphMagic,
            IndexHeader([
                IndexFormat.version, UInt32(adjacency.nodeCount), UInt32(adjacency.degree),
                UInt32(breadth), UInt32(contents.nodeOfRow.count),
                UInt32(contents.groupStarts.count), UInt32(contents.groupRows.count),
                UInt32(contents.looseRows.count),
            ]))
    }

    /// - Parameter nodes: how many the codes are of.
    init(_ section: UnsafeRawBufferPointer, nodes: Int, rows: Int) throws(IndexDamage) {
        let header = try IndexHeader(section, magic: IndexFormat.graphMagic).fields.map { Int($0) }
        nodeCount = header[1]
        degree = header[2]
        breadth = header[3]
        guard nodeCount == nodes, header[4] == rows else {
            throw .mismatched("number of rows")
        }
        guard (1...Self.degreeMax).contains(degree), (1...Self.scanningBreadth).contains(breadth),
            header[5] > 0, nodeCount <= rows
        else { throw .corrupt("the header of the graph") }
        var parts = SectionParts(section)
        let edges = try parts.take(nodeCount * degree, of: UInt32.self)
        rowOfNode = try parts.take(nodeCount, of: UInt32.self)
        let nodeOfRow = try parts.take(rows, of: UInt32.self)
        groupStarts = try parts.take(header[5], of: UInt32.self)
        groupRows = try parts.take(header[6], of: UInt32.self)
        looseRows = try parts.take(header[7], of: UInt32.self)
        guard let edgesStart = edges.baseAddress, let nodesStart = nodeOfRow.baseAddress else {
            throw .corrupt("no edges")
        }
        self.edges = edgesStart
        self.nodeOfRow = nodesStart
        try check(edges, nodeOfRow, rows: rows)
    }

    /// Every number that is used as an index is in range.
    private func check(
        _ edges: UnsafeBufferPointer<UInt32>, _ nodeOfRow: UnsafeBufferPointer<UInt32>, rows: Int
    ) throws(IndexDamage) {
        let (nodeCount, groups) = (UInt32(nodeCount), UInt32(groupStarts.count - 1))
        let rowsEnd = UInt32(rows)
        var isGood = true
        for edge in edges { isGood = isGood && edge < nodeCount }
        for node in nodeOfRow {
            isGood = isGood && (node < nodeCount || node == IndexFormat.noNode)
        }
        for row in rowOfNode {
            let place = row & ~IndexFormat.manyBit
            isGood = isGood && place < (row == place ? rowsEnd : groups)
        }
        for row in groupRows { isGood = isGood && row < rowsEnd }
        for row in looseRows { isGood = isGood && row < rowsEnd }
        var last: UInt32 = 0
        for start in groupStarts {
            let place = start & ~IndexFormat.manyBit
            isGood = isGood && place >= last && place <= groupRows.count
            last = place
        }
        guard isGood else { throw .corrupt("a number in the graph is out of range") }
    }

    /// The rows a node stands for.
    enum Rows {
        case one(UInt32)
        case many(UnsafeBufferPointer<UInt32>, areEqual: Bool)
    }

    @inline(__always)
    func rows(of node: Int) -> Rows {
        let row = rowOfNode[node]
        guard row & IndexFormat.manyBit != 0 else { return .one(row) }
        let group = Int(row & ~IndexFormat.manyBit)
        let start = groupStarts[group]
        let end = groupStarts[group + 1] & ~IndexFormat.manyBit
        let range = Int(start & ~IndexFormat.manyBit)..<Int(end)
        return .many(
            UnsafeBufferPointer(rebasing: groupRows[range]),
            areEqual: start & IndexFormat.manyBit != 0)
    }
}

/// Rows that one node of a graph stands for: those whose codes are the same.
///
/// Without this, a text that was stored a thousand times would be a thousand nodes at distance
/// nothing, whose edges lead to one another and nowhere else.
struct RowGroups {
    /// The first row of each group, rising.
    private(set) var firsts: [UInt32] = []
    /// For each row the place of its group in `firsts`; `none` for rows that are in no group.
    private(set) var groupOf: [UInt32]

    static let none = UInt32.max

    /// - Parameter isLoose: rows that are left out.
    init(_ matrix: BuildMatrix, isLoose: (Int) -> Bool) {
        groupOf = [UInt32](repeating: Self.none, count: matrix.count)
        // Groups by hash; those whose hashes collide are chained.
        var heads: [UInt64: UInt32] = [:]
        heads.reserveCapacity(matrix.count)
        var next: [UInt32] = []
        for row in 0..<matrix.count where !isLoose(row) {
            let hash = matrix.hash(row)
            var group = heads[hash]
            while let found = group, !matrix.isSame(Int(firsts[Int(found)]), row) {
                group = next[Int(found)] == Self.none ? nil : next[Int(found)]
            }
            if let group {
                groupOf[row] = group
                continue
            }
            let fresh = UInt32(firsts.count)
            groupOf[row] = fresh
            next.append(heads[hash] ?? Self.none)
            heads[hash] = fresh
            firsts.append(UInt32(row))
        }
    }
}

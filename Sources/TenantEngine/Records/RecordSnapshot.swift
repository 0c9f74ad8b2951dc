import ChromaModel

/// A row of a snapshot: which part, which row in it.
struct RowRef: Hashable, Sendable {
    let part: UInt32
    let row: UInt32

    init(part: Int, row: Int) {
        self.part = UInt32(part)
        self.row = UInt32(row)
    }
}

/// The records of a collection at one moment; immutable, held by as many readers as like.
struct RecordSnapshot: Sendable {
    /// Oldest first; the last is the tail.
    let parts: [Part]
    /// Live rows: the number of records.
    let liveCount: Int
    /// Whether walking the parts in order walks the records in insertion order.
    let isOrdered: Bool

    init(parts: [Part]) {
        self.parts = parts
        liveCount = parts.reduce(0) { $0 + $1.liveCount }
        isOrdered = Self.isOrdered(parts)
    }

    static let empty = RecordSnapshot(parts: [])

    func part(of ref: RowRef) -> Part { parts[Int(ref.part)] }

    func order(of ref: RowRef) -> UInt64 { part(of: ref).order(of: Int(ref.row)) }

    /// Rows sorted into insertion order.
    func sortedByOrder(_ refs: [RowRef]) -> [RowRef] {
        refs.map { (order(of: $0), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// The live rows, in insertion order.
    var liveRows: [RowRef] {
        var refs: [RowRef] = []
        refs.reserveCapacity(liveCount)
        for (index, part) in parts.enumerated() {
            for row in 0..<part.rowCount where part.isLive(row) {
                refs.append(RowRef(part: index, row: row))
            }
        }
        return isOrdered ? refs : sortedByOrder(refs)
    }

    private static func isOrdered(_ parts: [Part]) -> Bool {
        var last: UInt64?
        for part in parts where part.rowCount > 0 {
            guard let range = part.orderRange else { return false }
            if let last, range.lowerBound <= last { return false }
            last = range.upperBound
        }
        return true
    }
}

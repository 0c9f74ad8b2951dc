import ChromaModel

/// Walks rows of one part in insertion order.
struct PartCursor {
    private let part: Part
    private let index: Int
    private let rows: RowBitmap
    /// The rows sorted by order, when row numbers are not.
    private let sorted: [Int]?
    /// Row, or place in `sorted`, of the row that `next` gives; nil at the end.
    private var place: Int?

    /// - Parameters:
    ///   - index: of the part in its snapshot.
    ///   - rows: the live rows to walk.
    init(_ part: Part, index: Int, rows: RowBitmap) {
        self.part = part
        self.index = index
        self.rows = rows
        guard !part.isOrdered else {
            sorted = nil
            place = rows.next(from: 0)
            return
        }
        var found: [(order: UInt64, row: Int)] = []
        found.reserveCapacity(rows.count)
        rows.forEach { found.append((part.order(of: $0), $0)) }
        sorted = found.sorted { $0.order < $1.order }.map(\.row)
        place = found.isEmpty ? nil : 0
    }

    /// Place in insertion order of the row that `next` gives; nil at the end.
    var order: UInt64? { row.map { part.order(of: $0) } }

    mutating func next() -> RowRef? {
        guard let row else { return nil }
        advance()
        return RowRef(part: index, row: row)
    }

    private var row: Int? { place.map { sorted?[$0] ?? $0 } }

    private mutating func advance() {
        guard let current = place else { return }
        if let sorted {
            place = current + 1 < sorted.count ? current + 1 : nil
        } else {
            place = rows.next(from: current + 1)
        }
    }
}

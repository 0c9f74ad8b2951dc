import CKernels
import ChromaModel

/// Scores rows in f32 and keeps the nearest.
struct ExactRows {
    let rows: VectorRows
    let query: PreparedQuery
    let kernel: DistanceKernel
    let room: SearchRoom
    private(set) var nearest: NearestRows
    /// Rows scored.
    private(set) var scored = 0
    private var pending = 0

    init(_ rows: VectorRows, _ query: PreparedQuery, _ room: SearchRoom, count: Int) {
        self.rows = rows
        self.query = query
        self.room = room
        kernel = DistanceKernel(rows.space)
        nearest = NearestRows(capacity: count)
    }

    /// Takes a row; it is scored with others at the latest by `flush`.
    ///
    /// Uses the room's places and scores.
    @inline(__always)
    mutating func add(_ row: UInt32) {
        room.places[pending] = row
        tk_prefetch(rows.row(Int(row)))
        pending += 1
        if pending == SearchRoom.batch { flush() }
    }

    mutating func flush() {
        defer { pending = 0 }
        guard pending > 0, !room.isStopped else { return }
        guard rows.areWhole(room.places.start, count: pending) else {
            return room.metDamage = true
        }
        kernel.score(
            query, rows: rows.values, places: room.places.start, count: pending,
            inverseNorms: rows.inverseNorms, into: room.scores.start)
        for index in 0..<pending {
            let row = UInt64(room.places[index])
            nearest.offer(
                NearestRows.Candidate(distance: room.scores[index], row: row, order: row))
        }
        scored += pending
    }

    /// Scores every row, or every allowed one.
    mutating func addAll(among allowed: RowBitmap?) {
        if let allowed {
            allowed.forEach { add(UInt32($0)) }
        } else {
            for row in 0..<rows.count { add(UInt32(row)) }
        }
        flush()
    }
}

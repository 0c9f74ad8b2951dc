import CKernels
import ChromaModel

/// Exact search by codes: every row's estimate and a bound on its error; then f32 for each row
/// whose least possible distance doesn't exceed the worst kept one.
///
/// With x = x̂ + e for the row and q = q̂ + d for the query, q·x − q̂·x̂ = q·e + d·x̂, so the
/// estimate is off by at most ‖q‖‖e‖ + ‖d‖‖x̂‖.
struct CertifiedScan {
    let codes: CodesSection
    let kernels: CodeKernels
    let room: SearchRoom

    /// Rounding of f32 in rotation, estimate and distance, relative to the lengths involved.
    private static let slack: Float = 2e-5

    /// - Parameter first: rows scored at once, to have a distance to compare bounds with.
    func scan(_ exact: inout ExactRows, among allowed: RowBitmap?, first: Int) {
        let rowCount = codes.count
        room.prepareEstimates(rowCount)
        let estimates = room.estimates.start
        var query = room.query.query
        kernels.scoreRows(&query, codes.codes, codes.strideBytes, rowCount, estimates)
        var pool = room.makePool(first)
        forEachRow(among: allowed, notAbove: { pool.bound }) { row in
            pool.insert(estimates[row], UInt32(row))
        }
        for place in 0..<pool.count {
            estimates[pool.node(place)] = .infinity  // done
            exact.add(UInt32(pool.node(place)))
        }
        exact.flush()
        scoreUndecided(&exact, among: allowed)
    }

    /// Scores in f32 what may be nearer than the worst kept row.
    private func scoreUndecided(_ exact: inout ExactRows, among allowed: RowBitmap?) {
        let (estimates, base) = (room.estimates.start, room.query.base)
        // Of most rows the greatest error of all says enough, without a look at the row.
        let errorMax = error(codes.errorMax, codes.lengthMax)
        var worst = exact.nearest.worstDistance
        forEachRow(among: allowed, notAbove: { worst + errorMax - base }) { row in
            if estimates[row] == .infinity { return }
            let head = codes.head(row)
            if !(base + estimates[row] - error(head.error, head.length) > worst) {
                exact.add(UInt32(row))
                worst = exact.nearest.worstDistance
            }
        }
        exact.flush()
    }

    /// Rows whose estimates are compared with one bound.
    private static let blockRows = 256

    /// Calls `body` with the allowed rows whose estimates are not above a bound, which is asked
    /// for now and then.
    @inline(__always)
    private func forEachRow(
        among allowed: RowBitmap?, notAbove bound: () -> Float, _ body: (Int) -> Void
    ) {
        let set = InstructionSet.best.rawValue
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.blockRows) { places in
            for start in stride(from: 0, to: codes.count, by: Self.blockRows) {
                let found = tk_not_above(
                    room.estimates.start + start, min(Self.blockRows, codes.count - start),
                    bound(), places.baseAddress, set)
                for index in 0..<found {
                    let row = start + Int(places[index])
                    if allowed?.contains(row) ?? true { body(row) }
                }
            }
        }
    }

    /// How far the estimate of a row can be off.
    @inline(__always)
    private func error(_ rowError: Float, _ rowLength: Float) -> Float {
        let query = room.query
        let weight: Float = codes.quantiser.space == .l2 ? 2 : 1
        let scale = query.length * query.length + rowLength * rowLength + abs(query.base)
        return weight * (query.length * rowError + query.error * rowLength) + Self.slack * scale
    }
}

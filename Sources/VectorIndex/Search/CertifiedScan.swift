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
        forEachRow(among: allowed) { row in pool.insert(estimates[row], UInt32(row)) }
        for place in 0..<pool.count {
            estimates[pool.node(place)] = .infinity  // done
            exact.add(UInt32(pool.node(place)))
        }
        exact.flush()
        forEachRow(among: allowed) { row in
            guard estimates[row] < .infinity else { return }
            if !(leastDistance(row, estimates[row]) > exact.nearest.worstDistance) {
                exact.add(UInt32(row))
            }
        }
        exact.flush()
    }

    @inline(__always)
    private func forEachRow(among allowed: RowBitmap?, _ body: (Int) -> Void) {
        if let allowed {
            allowed.forEach(body)
        } else {
            for row in 0..<codes.count { body(row) }
        }
    }

    @inline(__always)
    private func leastDistance(_ row: Int, _ estimate: Float) -> Float {
        let head = UnsafeRawPointer(codes.codes + row * codes.strideBytes)
            .loadUnaligned(as: tk_code_head.self)
        let query = room.query
        let weight: Float = codes.quantiser.space == .l2 ? 2 : 1
        let error = weight * (query.length * head.error + query.error * head.length)
        let scale = query.length * query.length + head.length * head.length + abs(query.base)
        return query.base + estimate - error - Self.slack * scale
    }
}

import ChromaModel
import VectorIndex

/// Nearest-neighbour search over a snapshot (protocol §3.3), ties by insertion order.
///
/// Parts with an index are searched by it; of all others every selected row is scored. Distances
/// are those of f32 either way, so answers of both kinds are merged by them. An index has the
/// embeddings checked that it scores; where all are scored they must have been checked.
struct NearestSearch {
    /// Rows scored by one kernel call: enough to amortise it, few enough to stay in cache.
    static let blockRows = 256

    let snapshot: RecordSnapshot
    let kernel: DistanceKernel
    let indexes: SegmentIndexes
    let deadline: SearchDeadline

    /// The nearest rows, nearest first. Throws `UncheckedRows`, and as `SearchDeadline.check` does.
    func nearest(_ query: PreparedQuery, count: Int, among rows: SelectedRows) throws -> [Hit] {
        guard count > 0, snapshot.liveCount > 0 else { return [] }
        var nearest = NearestRows(capacity: min(count, snapshot.liveCount))
        try withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.blockRows) { distances in
            guard let out = distances.baseAddress else { return }
            if case .listed(let refs) = rows { return try scan(query, refs, &nearest, out) }
            let notes = SearchNotes.current
            for part in snapshot.parts.indices {
                let start = notes.map { _ in SearchNotes.now } ?? 0
                let selected = rows.selected(in: part)
                let plan = try search(query, count, part, selected, &nearest)
                if plan == nil {
                    try snapshot.parts[part].requireWholeEmbeddings()
                    if let selected {
                        try scan(query, selected, part, &nearest, out)
                    } else {
                        try scan(query, part, &nearest, out)
                    }
                }
                notes?.searched(snapshot.parts[part], selected: selected, by: plan, since: start)
            }
        }
        return nearest.sorted().map { candidate in
            Hit(ref: RowRef(packed: candidate.row), distance: candidate.distance)
        }
    }

    struct Hit {
        let ref: RowRef
        let distance: Float
    }

    /// Scores every live row of a part.
    private func scan(
        _ query: PreparedQuery, _ index: Int, _ nearest: inout NearestRows,
        _ out: UnsafeMutablePointer<Float>
    ) throws {
        let part = snapshot.parts[index]
        let hasDeleted = !part.deleted.isEmpty
        try part.forEachBlock { block in
            for start in stride(from: 0, to: block.count, by: Self.blockRows) {
                try deadline.check()
                let count = min(Self.blockRows, block.count - start)
                kernel.score(
                    query, rows: block.embeddings + start * query.dimension, count: count,
                    inverseNorms: block.inverseNorms + start, into: out)
                for place in 0..<count where !(out[place] > nearest.worstDistance) {
                    let slot = start + place
                    if hasDeleted, !part.isLive(block.firstRow + slot) { continue }
                    offer(slot, block, part: index, out[place], &nearest)
                }
            }
        }
    }

    /// Scores the given rows.
    private func scan(
        _ query: PreparedQuery, _ refs: [RowRef], _ nearest: inout NearestRows,
        _ out: UnsafeMutablePointer<Float>
    ) throws {
        var places: [UInt32] = []
        places.reserveCapacity(Self.blockRows)
        var next = 0
        while next < refs.count {
            try deadline.check()
            let part = refs[next].part
            try snapshot.parts[Int(part)].requireWholeEmbeddings()
            let block = snapshot.parts[Int(part)].block(of: Int(refs[next].row))
            let rows = UInt32(block.firstRow)..<UInt32(block.firstRow + block.count)
            places.removeAll(keepingCapacity: true)
            while next < refs.count, places.count < Self.blockRows, refs[next].part == part,
                rows.contains(refs[next].row)
            {
                places.append(refs[next].row - rows.lowerBound)
                next += 1
            }
            kernel.score(
                query, rows: block.embeddings, places: places, count: places.count,
                inverseNorms: block.inverseNorms, into: out)
            for index in places.indices where !(out[index] > nearest.worstDistance) {
                offer(Int(places[index]), block, part: Int(part), out[index], &nearest)
            }
        }
    }

    @inline(__always)
    func offer(
        _ slot: Int, _ block: Part.Block, part: Int, _ distance: Float,
        _ nearest: inout NearestRows
    ) {
        nearest.offer(
            NearestRows.Candidate(
                distance: distance, row: RowRef(part: part, row: block.firstRow + slot).packed,
                order: block.orders[slot]))
    }
}

extension RowRef {
    /// Both numbers in one word.
    fileprivate var packed: UInt64 { UInt64(part) << 32 | UInt64(row) }

    fileprivate init(packed: UInt64) {
        self.init(part: Int(packed >> 32), row: Int(packed & 0xFFFF_FFFF))
    }
}

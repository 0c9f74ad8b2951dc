import ChromaModel

extension RecordSnapshot {
    /// The rows of `selected` between offset and limit, in insertion order. Throws as
    /// `SearchDeadline.check` does.
    func page(
        _ selected: SelectedRows, offset: Int, limit: Int?, until deadline: SearchDeadline
    ) throws -> [RowRef] {
        var pace = SearchPace(deadline)
        switch selected {
        case .listed(let refs):
            let start = min(offset, refs.count)
            return Array(refs[start...].prefix(limit ?? .max))
        case .matching(let rows):
            let total = rows.reduce(0) { $0 + $1.count }
            let start = min(offset, total)
            let count = min(limit ?? .max, total - start)
            return isOrdered
                ? try walk(rows, start, count, &pace)
                : try merge(start, count, among: rows, &pace)
        case .all:
            let start = min(offset, liveCount)
            let count = min(limit ?? .max, liveCount - start)
            return isOrdered
                ? try walk(start, count, &pace) : try merge(start, count, among: nil, &pace)
        }
    }

    /// A page of live rows when walking the parts in order is insertion order.
    private func walk(_ start: Int, _ count: Int, _ pace: inout SearchPace) throws -> [RowRef] {
        var refs: [RowRef] = []
        refs.reserveCapacity(count)
        var skip = start
        for (index, part) in parts.enumerated() where refs.count < count {
            guard skip < part.liveCount else {
                skip -= part.liveCount
                continue
            }
            // Without deletions, row numbers are places and nothing before the page is visited.
            var row = part.deleted.isEmpty ? skip : 0
            if part.deleted.isEmpty { skip = 0 }
            while row < part.rowCount, refs.count < count {
                try pace.spend(1)
                if part.isLive(row) {
                    if skip > 0 { skip -= 1 } else { refs.append(RowRef(part: index, row: row)) }
                }
                row += 1
            }
        }
        return refs
    }

    /// A page of some rows when walking the parts in order is insertion order.
    private func walk(
        _ rows: [RowBitmap], _ start: Int, _ count: Int, _ pace: inout SearchPace
    ) throws -> [RowRef] {
        var refs: [RowRef] = []
        refs.reserveCapacity(count)
        var skip = start
        for (index, rows) in rows.enumerated() where refs.count < count {
            guard skip < rows.count else {
                skip -= rows.count
                continue
            }
            var row = rows.next(from: 0)
            while let found = row, refs.count < count {
                try pace.spend(1)
                if skip > 0 { skip -= 1 } else { refs.append(RowRef(part: index, row: found)) }
                row = rows.next(from: found + 1)
            }
        }
        return refs
    }

    /// A page of rows by merging the parts, each of which is sorted by itself.
    ///
    /// - Parameter rows: of each part; nil for the live ones.
    private func merge(
        _ start: Int, _ count: Int, among rows: [RowBitmap]?, _ pace: inout SearchPace
    ) throws -> [RowRef] {
        var cursors = parts.indices.map {
            PartCursor(parts[$0], index: $0, rows: rows?[$0] ?? parts[$0].liveRows)
        }
        var refs: [RowRef] = []
        refs.reserveCapacity(count)
        var skip = start
        while refs.count < count {
            try pace.spend(cursors.count)
            var best: Int?
            for index in cursors.indices {
                guard let order = cursors[index].order else { continue }
                if let chosen = best, let least = cursors[chosen].order, least <= order {
                    continue
                }
                best = index
            }
            guard let best, let ref = cursors[best].next() else { break }
            if skip > 0 { skip -= 1 } else { refs.append(ref) }
        }
        return refs
    }
}

import ChromaModel

extension RecordSnapshot {
    /// The rows of `selected` between offset and limit, in insertion order.
    func page(_ selected: SelectedRows, offset: Int, limit: Int?) -> [RowRef] {
        switch selected {
        case .listed(let refs):
            let start = min(offset, refs.count)
            return Array(refs[start...].prefix(limit ?? .max))
        case .matching(let rows):
            let total = rows.reduce(0) { $0 + $1.count }
            let start = min(offset, total)
            let count = min(limit ?? .max, total - start)
            return isOrdered ? walk(rows, start, count) : merge(start, count, among: rows)
        case .all:
            let start = min(offset, liveCount)
            let count = min(limit ?? .max, liveCount - start)
            return isOrdered ? walk(start, count) : merge(start, count, among: nil)
        }
    }

    /// A page of live rows when walking the parts in order is insertion order.
    private func walk(_ start: Int, _ count: Int) -> [RowRef] {
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
                if part.isLive(row) {
                    if skip > 0 { skip -= 1 } else { refs.append(RowRef(part: index, row: row)) }
                }
                row += 1
            }
        }
        return refs
    }

    /// A page of some rows when walking the parts in order is insertion order.
    private func walk(_ rows: [RowBitmap], _ start: Int, _ count: Int) -> [RowRef] {
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
                if skip > 0 { skip -= 1 } else { refs.append(RowRef(part: index, row: found)) }
                row = rows.next(from: found + 1)
            }
        }
        return refs
    }

    /// A page of rows by merging the parts, each of which is sorted by itself.
    ///
    /// - Parameter rows: of each part; nil for the live ones.
    private func merge(_ start: Int, _ count: Int, among rows: [RowBitmap]?) -> [RowRef] {
        var cursors = parts.indices.map {
            PartCursor(parts[$0], index: $0, rows: rows?[$0] ?? parts[$0].liveRows)
        }
        var refs: [RowRef] = []
        refs.reserveCapacity(count)
        var skip = start
        while refs.count < count {
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

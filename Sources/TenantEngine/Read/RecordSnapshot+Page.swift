import ChromaModel

extension RecordSnapshot {
    /// The rows of `selected` between offset and limit, in insertion order.
    func page(_ selected: SelectedRows, offset: Int, limit: Int?) -> [RowRef] {
        switch selected {
        case .some(let refs):
            let start = min(offset, refs.count)
            return Array(refs[start...].prefix(limit ?? .max))
        case .all:
            let start = min(offset, liveCount)
            let count = min(limit ?? .max, liveCount - start)
            return isOrdered ? walk(start, count) : merge(start, count)
        }
    }

    /// What a response shows of a row.
    func view(of ref: RowRef, _ include: Include, distance: Float? = nil) -> RecordView {
        let part = part(of: ref)
        let payload = part.payload(of: Int(ref.row))
        var view = RecordView(id: payload.id, distance: distance)
        if include.contains(.documents) { view.document = payload.document }
        if include.contains(.uris) { view.uri = payload.uri }
        if include.contains(.metadatas) { view.metadata = payload.metadata }
        if include.contains(.embeddings) { view.embedding = part.embedding(of: Int(ref.row)) }
        return view
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

    /// A page of live rows by merging the parts, each of which is sorted by itself.
    private func merge(_ start: Int, _ count: Int) -> [RowRef] {
        var cursors = parts.indices.map { PartCursor(parts[$0], index: $0) }
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

/// Walks the live rows of one part in insertion order.
private struct PartCursor {
    private let part: Part
    private let index: Int
    /// Rows sorted by order, when row numbers are not.
    private let sorted: [Int]?
    private var place = -1

    init(_ part: Part, index: Int) {
        self.part = part
        self.index = index
        sorted =
            part.isOrdered
            ? nil
            : (0..<part.rowCount).map { (part.order(of: $0), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
        advance()
    }

    /// Place in insertion order of the row that `next` gives; nil at the end.
    var order: UInt64? { row.map { part.order(of: $0) } }

    mutating func next() -> RowRef? {
        guard let row else { return nil }
        defer { advance() }
        return RowRef(part: index, row: row)
    }

    private var row: Int? {
        guard place < part.rowCount else { return nil }
        return sorted?[place] ?? place
    }

    private mutating func advance() {
        repeat { place += 1 } while row.map { !part.isLive($0) } ?? false
    }
}

import ChromaModel
import Synchronization

/// Which rows of a segment passed the filters that were asked of it most recently.
///
/// Rows of a segment never change, so what passed once passes for ever; which of them are live is
/// for whoever asks to take away. It goes with the segment, and takes at most
/// `filtersMax` bits a row.
package final class FilterCache: Sendable {
    /// Filters remembered.
    package static let filtersMax = 16
    /// Longer filters are not remembered: they are rarely asked twice.
    package static let filterBytesMax = 2048
    /// So few rows are tested as fast as remembered.
    package static let rowsMin = 256

    private struct Entry {
        let filter: Where
        let rows: RowBitmap
    }

    /// The one asked for last is the last.
    private let entries = Mutex<[Entry]>([])

    package init() {}

    /// Whether the answer to a filter is worth a place.
    package static func admits(_ filter: Where, rowCount: Int) -> Bool {
        rowCount >= rowsMin && filter.operandBytes <= filterBytesMax
    }

    /// The rows that pass, live or not; nil when that isn't known.
    package func rows(passing filter: Where) -> RowBitmap? {
        entries.withLock { entries in
            guard let place = entries.lastIndex(where: { $0.filter == filter }) else { return nil }
            if place != entries.count - 1 { entries.append(entries.remove(at: place)) }
            return entries.last?.rows
        }
    }

    /// Remembers the rows that pass, live or not.
    package func keep(_ rows: RowBitmap, passing filter: Where) {
        entries.withLock { entries in
            // Another search may have been faster.
            entries.removeAll { $0.filter == filter }
            if entries.count == Self.filtersMax { entries.removeFirst() }
            entries.append(Entry(filter: filter, rows: rows))
        }
    }
}

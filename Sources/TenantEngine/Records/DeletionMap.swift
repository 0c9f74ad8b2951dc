import ChromaModel

/// Rows that are gone, as a bitmap in pages.
///
/// A value: copies share their pages, and a change copies the one page it touches. So a snapshot
/// costs a reference a page, and a fork starts with its parent's deletions and goes its own way.
struct DeletionMap: Sendable {
    /// Rows of a page: 64 words.
    private static let pageShift = 12
    private static let pageWords = 64

    /// A page without deletions is empty.
    private var pages: [[UInt64]] = []
    /// Rows marked.
    private(set) var count = 0

    init() {}

    var isEmpty: Bool { count == 0 }

    @inline(__always)
    func contains(_ row: Int) -> Bool {
        let page = row >> Self.pageShift
        guard page < pages.count, !pages[page].isEmpty else { return false }
        return pages[page][row >> 6 & (Self.pageWords - 1)] >> UInt64(row & 63) & 1 == 1
    }

    /// Marks a row; marking it again has no effect.
    mutating func insert(_ row: Int) {
        guard !contains(row) else { return }
        let page = row >> Self.pageShift
        while pages.count <= page { pages.append([]) }
        if pages[page].isEmpty { pages[page] = [UInt64](repeating: 0, count: Self.pageWords) }
        pages[page][row >> 6 & (Self.pageWords - 1)] |= 1 << UInt64(row & 63)
        count += 1
    }

    /// The rows that are marked in both.
    func intersection(_ other: DeletionMap) -> DeletionMap {
        var result = DeletionMap()
        for row in rows where other.contains(Int(row)) { result.insert(Int(row)) }
        return result
    }

    /// Takes the marked rows out of a set of the same rows.
    func subtract(from rows: inout RowBitmap) {
        for (page, words) in pages.enumerated() where !words.isEmpty {
            rows.subtract(words: words, at: page << Self.pageShift)
        }
    }

    /// The marked rows, rising.
    var rows: [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(count)
        for (page, words) in pages.enumerated() {
            for (word, bits) in words.enumerated() {
                var rest = bits
                while rest != 0 {
                    let bit = rest.trailingZeroBitCount
                    result.append(UInt32(page << Self.pageShift | word << 6 | bit))
                    rest &= rest - 1
                }
            }
        }
        return result
    }
}

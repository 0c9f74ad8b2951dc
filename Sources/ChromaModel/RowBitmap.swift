/// A set of rows: one bit for each row of some run of rows, and how many are set.
///
/// What a filter over rows comes down to. The count is exact at any time.
package struct RowBitmap: Sendable, Hashable {
    /// Rows there are, set or not.
    package let rowCount: Int
    /// Rows set.
    package private(set) var count: Int
    /// Bit `row % 64` of word `row / 64`; bits past the last row are zero.
    @usableFromInline
    private(set) var words: [UInt64]

    /// No row of `rowCount`.
    package init(rowCount: Int) {
        self.rowCount = rowCount
        count = 0
        words = [UInt64](repeating: 0, count: (rowCount + 63) / 64)
    }

    /// Every row of `rowCount`.
    package init(allOf rowCount: Int) {
        self.rowCount = rowCount
        count = rowCount
        words = [UInt64](repeating: .max, count: (rowCount + 63) / 64)
        if rowCount % 64 != 0 { words[words.count - 1] = 1 << UInt64(rowCount % 64) - 1 }
    }

    package var isEmpty: Bool { count == 0 }

    @inlinable
    @inline(__always)
    package func contains(_ row: Int) -> Bool {
        words[row >> 6] >> UInt64(row & 63) & 1 == 1
    }

    package mutating func insert(_ row: Int) {
        count += 1 - Int(words[row >> 6] >> UInt64(row & 63) & 1)
        words[row >> 6] |= 1 << UInt64(row & 63)
    }

    package mutating func remove(_ row: Int) {
        count -= Int(words[row >> 6] >> UInt64(row & 63) & 1)
        words[row >> 6] &= ~(1 << UInt64(row & 63))
    }

    /// Sets rows. Those past the last are ignored: they may come from a damaged file.
    package mutating func insert(_ rows: UnsafeBufferPointer<UInt32>) {
        var added = 0
        let end = UInt32(clamping: rowCount)
        words.withUnsafeMutableBufferPointer { words in
            for row in rows where row < end {
                let place = Int(row >> 6)
                let before = words[place]
                let after = before | 1 << UInt64(row & 63)
                added += after == before ? 0 : 1
                words[place] = after
            }
        }
        count += added
    }

    /// Sets the rows whose bits are set in `bits`, lowest first; those past the last are ignored.
    package mutating func insert(bits: UnsafeRawBufferPointer) {
        var others = [UInt64](repeating: 0, count: words.count)
        others.withUnsafeMutableBytes { others in
            others.copyMemory(from: UnsafeRawBufferPointer(rebasing: bits.prefix(others.count)))
        }
        if rowCount % 64 != 0 { others[others.count - 1] &= 1 << UInt64(rowCount % 64) - 1 }
        merge(others) { $0 | $1 }
    }

    /// Clears rows; those past the last are ignored.
    package mutating func remove(_ rows: UnsafeBufferPointer<UInt32>) {
        var removed = 0
        let end = UInt32(clamping: rowCount)
        words.withUnsafeMutableBufferPointer { words in
            for row in rows where row < end {
                let place = Int(row >> 6)
                let before = words[place]
                let after = before & ~(1 << UInt64(row & 63))
                removed += after == before ? 0 : 1
                words[place] = after
            }
        }
        count -= removed
    }

    /// Sets the rows of a smaller bitmap, moved up by `firstRow`, a multiple of 64.
    package mutating func insert(_ other: RowBitmap, at firstRow: Int) {
        precondition(firstRow % 64 == 0 && firstRow + other.rowCount <= rowCount)
        merge(other.words, at: firstRow / 64) { $0 | $1 }
    }

    /// Keeps the rows that are in both.
    package mutating func formIntersection(_ other: RowBitmap) {
        merge(other.words) { $0 & $1 }
    }

    /// Adds the rows of the other.
    package mutating func formUnion(_ other: RowBitmap) { merge(other.words) { $0 | $1 } }

    /// Takes the rows of the other away.
    package mutating func subtract(_ other: RowBitmap) { merge(other.words) { $0 & ~$1 } }

    /// Takes rows away: bits of `mask` are for the rows from `firstRow` on, a multiple of 64.
    /// Bits past the last row are ignored.
    package mutating func subtract(words mask: [UInt64], at firstRow: Int) {
        precondition(firstRow % 64 == 0)
        merge(mask, at: firstRow / 64) { $0 & ~$1 }
    }

    /// The first row set at or after `row`; nil when there is none.
    package func next(from row: Int) -> Int? {
        var place = row >> 6
        guard place < words.count else { return nil }
        var rest = words[place] & (.max << UInt64(row & 63))
        while rest == 0 {
            place += 1
            guard place < words.count else { return nil }
            rest = words[place]
        }
        return place << 6 | rest.trailingZeroBitCount
    }

    /// Calls `body` with each row set, rising.
    @inlinable
    @inline(__always)
    package func forEach(_ body: (Int) -> Void) { forEach(in: 0..<rowCount, body) }

    /// Calls `body` with each row set in `range`, rising.
    @inlinable
    @inline(__always)
    package func forEach(in range: Range<Int>, _ body: (Int) -> Void) {
        guard !range.isEmpty else { return }
        let lastPlace = (range.upperBound - 1) >> 6
        for place in (range.lowerBound >> 6)...lastPlace {
            var rest = words[place]
            if place == range.lowerBound >> 6 { rest &= .max << UInt64(range.lowerBound & 63) }
            if place == lastPlace { rest &= .max >> UInt64(63 - (range.upperBound - 1) & 63) }
            while rest != 0 {
                body(place << 6 | rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
    }

    /// Rows set in a range.
    package func count(in range: Range<Int>) -> Int {
        var sum = 0
        var row = range.lowerBound
        while row < range.upperBound {
            let end = min((row >> 6 + 1) << 6, range.upperBound)
            let bits = (words[row >> 6] >> UInt64(row & 63)) << UInt64(64 - (end - row))
            sum += bits.nonzeroBitCount
            row = end
        }
        return sum
    }

    /// Combines words, as far as both reach, and counts anew.
    @inline(__always)
    private mutating func merge(
        _ others: [UInt64], at first: Int = 0, _ combine: (UInt64, UInt64) -> UInt64
    ) {
        var change = 0
        words.withUnsafeMutableBufferPointer { words in
            others.withUnsafeBufferPointer { others in
                for place in 0..<max(0, min(words.count - first, others.count)) {
                    let before = words[first + place]
                    let after = combine(before, others[place])
                    change += after.nonzeroBitCount - before.nonzeroBitCount
                    words[first + place] = after
                }
            }
        }
        count += change
    }
}

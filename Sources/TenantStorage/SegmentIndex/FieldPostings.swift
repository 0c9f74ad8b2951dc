import ChromaModel

/// The values of one indexed field and the rows of each; see `MetadataBlock`.
struct FieldPostings {
    private let type: IndexedType
    private let valueCount: Int
    private let values: UnsafePointer<UInt64>
    private let starts: UnsafePointer<UInt32>
    private let rows: UnsafeBufferPointer<UInt32>

    /// Nil when there are fewer bytes than values and rows take.
    init?(_ bytes: UnsafeRawBufferPointer, _ type: IndexedType, valueCount: Int, rowCount: Int) {
        let startsOffset = valueCount * type.valueWords * 8
        let rowsOffset = startsOffset + (valueCount + 1) * 4
        guard bytes.count >= rowsOffset + rowCount * 4, let base = bytes.baseAddress else {
            return nil
        }
        self.type = type
        self.valueCount = valueCount
        values = base.assumingMemoryBound(to: UInt64.self)
        starts = (base + startsOffset).assumingMemoryBound(to: UInt32.self)
        rows = UnsafeBufferPointer(
            start: (base + rowsOffset).assumingMemoryBound(to: UInt32.self), count: rowCount)
    }

    /// Whether starts rise to the end of the rows, and rows lie in a range.
    func isSound(_ rowRange: Range<Int>) -> Bool {
        var last: UInt32 = 0
        for value in 0...valueCount {
            if starts[value] < last { return false }
            last = starts[value]
        }
        var isInRange = true
        for row in rows { isInRange = isInRange && rowRange.contains(Int(row)) }
        return isInRange && starts[0] == 0 && Int(last) == rows.count
    }

    /// The rows with one value.
    func rows(with word: UInt64) -> UnsafeBufferPointer<UInt32> {
        let place = firstValue { $0 >= word }
        guard place < valueCount, values[place] == word else { return rows(place..<place) }
        return rows(place..<(place + 1))
    }

    /// The rows with one text.
    func rows(with digest: TextDigest) -> UnsafeBufferPointer<UInt32> {
        var place = firstValue { $0 >= digest.high }
        while place < valueCount, values[place * 2] == digest.high {
            if values[place * 2 + 1] == digest.low { return rows(place..<(place + 1)) }
            place += 1
        }
        return rows(place..<place)
    }

    /// The rows with a number in a range; `number` reads a value's word.
    func rows(in range: NumberRange, _ number: (UInt64) -> FilterNumber)
        -> UnsafeBufferPointer<UInt32>
    {
        let first = firstValue { !range.isBelow(number($0)) }
        let end = firstValue { range.isAbove(number($0)) }
        return rows(first..<max(first, end))
    }

    private func rows(_ values: Range<Int>) -> UnsafeBufferPointer<UInt32> {
        let (start, end) = (Int(starts[values.lowerBound]), Int(starts[values.upperBound]))
        // They were sound when the section was checked; a bit may have gone bad since.
        guard start <= end, end <= rows.count else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        return UnsafeBufferPointer(rebasing: rows[start..<end])
    }

    /// The first value whose (first) word passes a test that all behind it pass too.
    private func firstValue(_ test: (UInt64) -> Bool) -> Int {
        var low = 0
        var high = valueCount
        while low < high {
            let middle = (low + high) / 2
            if test(values[middle * type.valueWords]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

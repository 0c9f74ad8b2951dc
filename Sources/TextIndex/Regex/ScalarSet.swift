/// Unicode scalars as sorted ranges that neither overlap nor touch.
struct ScalarSet: Hashable, Sendable {
    private(set) var ranges: [ClosedRange<UInt32>]

    static let last: UInt32 = 0x10FFFF
    static let all = ScalarSet([0...last])
    static let ascii = ScalarSet([0...0x7F])

    /// From ranges in any order.
    init(_ ranges: [ClosedRange<UInt32>] = []) {
        self.ranges = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) { append(range) }
    }

    init(_ scalars: some Sequence<Unicode.Scalar>) {
        self.init(scalars.map { $0.value...$0.value })
    }

    var isEmpty: Bool { ranges.isEmpty }
    var isASCII: Bool { ranges.last.map { $0.upperBound < 0x80 } ?? true }

    /// Adds a range that begins no earlier than the last one does.
    mutating func append(_ range: ClosedRange<UInt32>) {
        if let last = ranges.last, range.lowerBound <= last.upperBound + 1 {
            let upper = max(last.upperBound, range.upperBound)
            ranges[ranges.count - 1] = last.lowerBound...upper
        } else {
            ranges.append(range)
        }
    }

    func contains(_ value: UInt32) -> Bool {
        let index = firstIndex(endingFrom: value)
        return index < ranges.count && ranges[index].lowerBound <= value
    }

    /// The first range that ends at the value or after it.
    func firstIndex(endingFrom value: UInt32) -> Int {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

    func subtracting(_ other: ScalarSet) -> ScalarSet { intersection(other.complement) }

    func symmetricDifference(_ other: ScalarSet) -> ScalarSet {
        subtracting(other).union(other.subtracting(self))
    }

    func intersection(_ other: ScalarSet) -> ScalarSet {
        var common = ScalarSet()
        var (mine, theirs) = (0, 0)
        while mine < ranges.count, theirs < other.ranges.count {
            let (left, right) = (ranges[mine], other.ranges[theirs])
            if left.overlaps(right) { common.append(left.clamped(to: right)) }
            if left.upperBound < right.upperBound { mine += 1 } else { theirs += 1 }
        }
        return common
    }

    var complement: ScalarSet {
        var gaps = ScalarSet()
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { gaps.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= Self.last { gaps.append(next...Self.last) }
        return gaps
    }
}

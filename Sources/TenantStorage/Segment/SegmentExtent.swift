/// How much a segment holds of a collection, known without reading it.
package struct SegmentExtent: Sendable, Hashable {
    package let rowCount: Int
    /// The first and the last row's place in insertion order; nil when there are no rows.
    package let orders: ClosedRange<UInt64>?

    package init(rowCount: Int, orders: ClosedRange<UInt64>?) {
        self.rowCount = rowCount
        self.orders = orders
    }
}

extension ByteWriter {
    mutating func put(_ extent: SegmentExtent) {
        put(UInt32(extent.rowCount))
        put(extent.orders?.lowerBound ?? 0)
        put(extent.orders?.upperBound ?? 0)
    }
}

extension ByteReader {
    mutating func takeExtent() throws(StorageError) -> SegmentExtent {
        let rowCount = Int(try take(UInt32.self))
        let (first, last): (UInt64, UInt64) = (try take(), try take())
        guard first <= last else { throw .malformed("a segment's orders fall") }
        return SegmentExtent(rowCount: rowCount, orders: rowCount > 0 ? first...last : nil)
    }
}

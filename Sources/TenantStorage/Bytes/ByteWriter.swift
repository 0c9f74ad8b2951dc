import ChromaModel

/// Appends little-endian values to a growing buffer: the serializer's pen.
package struct ByteWriter: ~Copyable {
    package private(set) var bytes: [UInt8] = []

    package init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    @specialized(where Value == UInt8)
    @specialized(where Value == UInt32)
    @specialized(where Value == UInt64)
    package mutating func put<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func put(_ value: Double) { put(value.bitPattern) }
    package mutating func put(_ value: Float) { put(value.bitPattern) }
    package mutating func put(_ value: Bool) { put(UInt8(value ? 1 : 0)) }

    package mutating func put(_ id: UniqueID) {
        put(id.high)
        put(id.low)
    }

    /// A byte count as u32, then the UTF-8.
    package mutating func put(_ text: String) {
        put(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// The text, or the count `ByteWriter.absent` for nil.
    package mutating func put(_ text: String?) {
        guard let text else { return put(Self.absent) }
        put(text)
    }

    /// Raw floats, little-endian, without a count.
    package mutating func put(_ floats: UnsafeBufferPointer<Float>) {
        bytes.append(contentsOf: UnsafeRawBufferPointer(floats))
    }

    package mutating func put(raw: [UInt8]) { bytes.append(contentsOf: raw) }

    /// A count as u32, then each element by `body`.
    package mutating func put<Element>(
        each elements: [Element], _ body: (Element, inout ByteWriter) -> Void
    ) {
        put(UInt32(elements.count))
        for element in elements { body(element, &self) }
    }

    /// The count that says "not there".
    package static let absent = UInt32.max

    package consuming func finish() -> [UInt8] { bytes }
}

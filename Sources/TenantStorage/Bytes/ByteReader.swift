import ChromaModel

/// Reads what `ByteWriter` wrote. Every read is checked against the end: damaged input gives
/// `StorageError.malformed`, never a trap.
package struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    package private(set) var position = 0

    package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    package var remaining: Int { bytes.count - position }

    package mutating func take<Value: FixedWidthInteger>(_: Value.Type = Value.self)
        throws(StorageError) -> Value
    {
        let size = MemoryLayout<Value>.size
        guard remaining >= size else { throw .malformed("ends inside a number") }
        defer { position += size }
        return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Value.self))
    }

    package mutating func takeDouble() throws(StorageError) -> Double {
        Double(bitPattern: try take())
    }

    package mutating func takeFloat() throws(StorageError) -> Float {
        Float(bitPattern: try take())
    }

    package mutating func takeBool() throws(StorageError) -> Bool {
        let byte: UInt8 = try take()
        guard byte <= 1 else { throw .malformed("\(byte) is no truth value") }
        return byte == 1
    }

    package mutating func takeID() throws(StorageError) -> UniqueID {
        let high: UInt64 = try take()
        return UniqueID(high: high, low: try take())
    }

    package mutating func takeText() throws(StorageError) -> String {
        guard let text = try takeOptionalText() else { throw .malformed("a text is missing") }
        return text
    }

    package mutating func takeOptionalText() throws(StorageError) -> String? {
        let count: UInt32 = try take()
        if count == ByteWriter.absent { return nil }
        let raw = try takeRaw(Int(count))
        guard let text = String(validating: raw, as: UTF8.self) else {
            throw .malformed("a text is not UTF-8")
        }
        return text
    }

    /// The next `count` bytes, in place.
    package mutating func takeRaw(_ count: Int) throws(StorageError) -> UnsafeRawBufferPointer {
        guard count >= 0, remaining >= count else { throw .malformed("ends inside a field") }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
    }

    /// A list whose elements take at least `bytesMin` bytes each; the bound keeps a damaged
    /// count from reserving memory for elements that cannot be there.
    package mutating func takeList<Element>(
        bytesMin: Int = 1, _ element: (inout ByteReader) throws(StorageError) -> Element
    ) throws(StorageError) -> [Element] {
        let count = Int(try take(UInt32.self))
        guard count * bytesMin <= remaining else { throw .malformed("a list runs past the end") }
        var result: [Element] = []
        result.reserveCapacity(count)
        for _ in 0..<count { result.append(try element(&self)) }
        return result
    }
}

import NIOCore

/// Writes JSON text into a `ByteBuffer`. Structure is the caller's: the writer only spells.
struct JSONWriter {
    var buffer: ByteBuffer

    /// Appends to `buffer` what `body` writes, without copying it.
    static func append(to buffer: inout ByteBuffer, _ body: (inout JSONWriter) -> Void) {
        var writer = JSONWriter(buffer: ByteBuffer())
        swap(&writer.buffer, &buffer)
        body(&writer)
        swap(&writer.buffer, &buffer)
    }

    /// Appends text that is JSON already.
    @inline(__always)
    mutating func raw(_ text: StaticString) {
        buffer.writeStaticString(text)
    }

    /// Appends text that is JSON already.
    mutating func raw(_ text: String) {
        buffer.writeString(text)
    }

    @inline(__always)
    mutating func comma() {
        buffer.writeInteger(ASCII.comma)
    }

    mutating func null() {
        raw("null")
    }

    mutating func bool(_ value: Bool) {
        raw(value ? "true" : "false")
    }

    mutating func integer(_ value: some FixedWidthInteger) {
        // Digits come last first: they are written to the end of the room and moved forward.
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.integerBytesMax) { output in
            var rest = UInt64(truncatingIfNeeded: value.magnitude)
            var place = Self.integerBytesMax
            repeat {
                place &-= 1
                output[place] = ASCII.zero &+ UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if value < 0 {
                place &-= 1
                output[place] = ASCII.minus
            }
            let bytes = output[place..<Self.integerBytesMax]
            UnsafeMutableRawBufferPointer(rebasing: output[..<bytes.count])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes))
            return bytes.count
        }
    }

    /// Bytes of `Int64.min`, and of `UInt64.max`.
    private static let integerBytesMax = 20

    /// A binary64, with a fraction or an exponent so that it reads back as a float; not finite
    /// is null.
    mutating func double(_ value: Double) {
        value.isFinite ? raw(value.description) : null()
    }

    /// A binary32 in the fewest digits that read back as the same; not finite is null.
    mutating func float(_ value: Float) {
        withUnsafePointer(to: value) { floats(UnsafeBufferPointer(start: $0, count: 1)) }
    }

    /// Binary32 values separated by commas.
    mutating func floats(_ values: UnsafeBufferPointer<Float>) {
        let bytesMax = values.count * (FloatText.bytesMax + 1)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: bytesMax) { output in
            guard var next = output.assumingMemoryBound(to: UInt8.self).baseAddress else {
                return 0
            }
            let start = next
            for index in values.indices {
                if index > 0 {
                    next.pointee = ASCII.comma
                    next += 1
                }
                next += FloatText.write(values[index], to: next)
            }
            return next - start
        }
    }

    /// An array with one call of `element` for each of `elements`.
    @inline(__always)
    mutating func array<Elements: Collection>(
        _ elements: Elements, _ element: (inout JSONWriter, Elements.Element) -> Void
    ) {
        raw("[")
        var isFirst = true
        for each in elements {
            if !isFirst { comma() }
            isFirst = false
            element(&self, each)
        }
        raw("]")
    }

    /// `body` of the value, or null.
    @inline(__always)
    mutating func nullable<Value>(
        _ value: Value?, _ body: (inout JSONWriter, Value) -> Void
    ) {
        guard let value else { return null() }
        body(&self, value)
    }
}

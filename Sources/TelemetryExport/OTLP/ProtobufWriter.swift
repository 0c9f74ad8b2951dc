/// Writes protobuf's wire format. OTLP's messages are written by hand: a span costs some hundred
/// nanoseconds so, and some microseconds through generated messages, which a busy server has not.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    init(bytesExpected: Int = 0) { bytes.reserveCapacity(bytesExpected) }

    private enum WireType: UInt64 {
        case varint = 0, fixed64 = 1, length = 2, fixed32 = 5
    }

    /// Zero is what a reader takes an absent field for, here and below.
    mutating func number(_ field: UInt64, _ value: UInt64) {
        guard value != 0 else { return }
        tag(field, .varint)
        varint(value)
    }

    mutating func fixed64(_ field: UInt64, _ value: UInt64) {
        guard value != 0 else { return }
        tag(field, .fixed64)
        little(value)
    }

    mutating func fixed32(_ field: UInt64, _ value: UInt32) {
        guard value != 0 else { return }
        tag(field, .fixed32)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Written even when zero: what a choice of fields (`oneof`) needs.
    mutating func chosenNumber(_ field: UInt64, _ value: UInt64) {
        tag(field, .varint)
        varint(value)
    }

    mutating func chosenDouble(_ field: UInt64, _ value: Double) {
        tag(field, .fixed64)
        little(value.bitPattern)
    }

    mutating func chosenFixed64(_ field: UInt64, _ value: UInt64) {
        tag(field, .fixed64)
        little(value)
    }

    mutating func text(_ field: UInt64, _ text: String) {
        guard !text.isEmpty else { return }
        chosenText(field, text)
    }

    mutating func chosenText(_ field: UInt64, _ text: String) {
        tag(field, .length)
        varint(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// A word, most significant byte first: how ids of spans are written.
    mutating func word(_ field: UInt64, _ word: UInt64) {
        tag(field, .length)
        varint(8)
        little(word.byteSwapped)
    }

    /// Two of them, as ids of traces are.
    mutating func words(_ field: UInt64, _ high: UInt64, _ low: UInt64) {
        tag(field, .length)
        varint(16)
        little(high.byteSwapped)
        little(low.byteSwapped)
    }

    mutating func packed(_ field: UInt64, _ values: some Collection<UInt64>) {
        tag(field, .length)
        varint(UInt64(8 * values.count))
        for value in values { little(value) }
    }

    /// A message inside this one. Its length is known when it is written, so room is kept for a
    /// length of one byte and more is made when it is longer.
    mutating func message(_ field: UInt64, _ body: (inout ProtobufWriter) -> Void) {
        tag(field, .length)
        let place = bytes.count
        bytes.append(0)
        body(&self)
        let length = bytes.count - place - 1
        guard length > 0x7F else { return bytes[place] = UInt8(length) }
        let more = (Int.bitWidth - length.leadingZeroBitCount - 1) / 7
        bytes.insert(contentsOf: repeatElement(0, count: more), at: place + 1)
        for digit in 0...more {
            let bits = UInt8(truncatingIfNeeded: length >> (7 * digit)) & 0x7F
            bytes[place + digit] = digit < more ? bits | 0x80 : bits
        }
    }

    private mutating func tag(_ field: UInt64, _ type: WireType) {
        varint(field << 3 | type.rawValue)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func little(_ value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}

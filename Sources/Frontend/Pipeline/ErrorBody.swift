import NIOCore

/// The JSON of every refusal: `{"error","message"}` (protocol §1.1).
enum ErrorBody {
    static func write(name: String, message: String, into buffer: inout ByteBuffer) {
        buffer.writeStaticString("{\"error\":")
        writeString(name, into: &buffer)
        buffer.writeStaticString(",\"message\":")
        writeString(message, into: &buffer)
        buffer.writeStaticString("}")
    }

    private static func writeString(_ text: String, into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): buffer.writeStaticString("\\\"")
            case UInt8(ascii: "\\"): buffer.writeStaticString("\\\\")
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                buffer.writeString("\\u" + (byte < 16 ? "000" : "00") + digits)
            default: buffer.writeInteger(byte)
            }
        }
        buffer.writeInteger(UInt8(ascii: "\""))
    }
}

/// UTF-8 on its way into a JSON string, eight bytes a step.
struct EscapedText {
    /// Bytes that an output must have beside those of the text: both quotes, and some escapes.
    static let overheadBytes = 64
    /// Bytes of the longest escape, `\u001f`, and of the closing quote.
    private static let escapeBytesMax = 6
    private static let hexDigits: StaticString = "0123456789abcdef"

    private let bytes: UnsafeRawBufferPointer
    /// Bytes that are written already.
    private var place = 0
    private var isBegun = false
    private(set) var isWritten = false

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Bytes of the text that are not written yet.
    var remaining: Int { bytes.count - place }

    /// Writes as much as `output` has room for, which is all of a text with few escapes.
    ///
    /// - Parameter output: has `overheadBytes` more than `remaining`.
    /// - Returns: how many bytes were written.
    mutating func write(to output: UnsafeMutableRawBufferPointer) -> Int {
        guard let start = output.baseAddress else { return 0 }
        var next = start
        if !isBegun { Self.put(ASCII.quote, &next) }
        isBegun = true
        copyPlainBytes(&next)
        while place < bytes.count {
            // What is left must fit even when no other byte is escaped.
            let room = output.count - (next - start)
            guard room >= remaining + Self.escapeBytesMax + 1 else { return next - start }
            Self.escape(bytes[place], &next)
            place += 1
            copyPlainBytes(&next)
        }
        Self.put(ASCII.quote, &next)
        isWritten = true
        return next - start
    }

    /// Copies up to the next byte to escape, or to the end.
    @inline(__always)
    private mutating func copyPlainBytes(_ next: inout UnsafeMutableRawPointer) {
        while bytes.count &- place >= 8 {
            let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            next.storeBytes(of: word, as: UInt64.self)
            let plain = ByteWord.plainBytes(UInt64(littleEndian: word))
            place &+= plain
            next += plain
            if plain < 8 { return }
        }
        while place < bytes.count {
            let byte = bytes[place]
            if byte == ASCII.quote || byte == ASCII.backslash || byte < 0x20 { return }
            Self.put(byte, &next)
            place &+= 1
        }
    }

    private static func escape(_ byte: UInt8, _ next: inout UnsafeMutableRawPointer) {
        put(ASCII.backslash, &next)
        switch byte {
        case ASCII.quote, ASCII.backslash: put(byte, &next)
        case 0x0A: put(.ascii("n"), &next)
        case 0x0D: put(.ascii("r"), &next)
        case 0x09: put(.ascii("t"), &next)
        default:
            put(.ascii("u"), &next)
            put(ASCII.zero, &next)
            put(ASCII.zero, &next)
            put(hexDigits.utf8Start[Int(byte >> 4)], &next)
            put(hexDigits.utf8Start[Int(byte & 15)], &next)
        }
    }

    @inline(__always)
    private static func put(_ byte: UInt8, _ next: inout UnsafeMutableRawPointer) {
        next.storeBytes(of: byte, as: UInt8.self)
        next += 1
    }
}

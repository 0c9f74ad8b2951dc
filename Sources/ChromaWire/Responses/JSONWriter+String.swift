import ChromaModel
import NIOCore

extension JSONWriter {
    /// A string, quoted; only quotes, backslashes and control characters are escaped.
    mutating func string(_ text: String) {
        var copy = text
        copy.withUTF8 { string(utf8: UnsafeRawBufferPointer($0)) }
    }

    /// A string wherever it is.
    mutating func string(_ text: TextView) {
        text.withUTF8 { string(utf8: $0) }
    }

    /// The string with that UTF-8.
    mutating func string(utf8 bytes: UnsafeRawBufferPointer) {
        var text = EscapedText(bytes)
        while !text.isWritten {
            // Nearly always enough; a text full of escapes takes several rounds.
            let bytesMin = text.remaining + EscapedText.overheadBytes
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: bytesMin) {
                text.write(to: $0)
            }
        }
    }
}

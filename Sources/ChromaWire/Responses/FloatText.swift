/// Spells binary32 values in JSON.
enum FloatText {
    /// Bytes of the longest text: `-1.17549435e-38`, or `null`.
    static let bytesMax = 24

    /// Writes the shortest text that reads back as `value`, or null when it is not finite, to
    /// `output`, which has room for `bytesMax`. Returns the bytes written.
    @inline(__always)
    static func write(_ value: Float, to output: UnsafeMutablePointer<UInt8>) -> Int {
        guard value.isFinite else { return copy("null", to: output) }
        return copy(value.description, to: output)
    }

    private static func copy(_ text: String, to output: UnsafeMutablePointer<UInt8>) -> Int {
        var copy = text
        return copy.withUTF8 { bytes in
            for index in bytes.indices { output[index] = bytes[index] }
            return bytes.count
        }
    }
}

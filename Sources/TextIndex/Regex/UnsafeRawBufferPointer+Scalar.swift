extension UnsafeRawBufferPointer {
    /// The scalar of UTF-8 that begins at a place, and its bytes; nil at the end. What is no
    /// scalar is one byte, and a value that no class has.
    func scalar(at place: Int) -> (value: UInt32, byteCount: Int)? {
        guard place < count else { return nil }
        let first = self[place]
        let byteCount = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        if byteCount == 1 { return (UInt32(first), 1) }
        guard first >= 0xC2, place + byteCount <= count else { return (.max, 1) }
        var value = UInt32(first) & (0x7F >> UInt32(byteCount))
        for offset in 1..<byteCount {
            let byte = self[place + offset]
            guard byte & 0xC0 == 0x80 else { return (.max, 1) }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        return (value, byteCount)
    }
}

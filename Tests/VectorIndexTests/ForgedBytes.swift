import CKernels

/// Changes to a section of an index that its sums don't show.
extension [UInt8] {
    mutating func replace(word: Int, with value: UInt32) {
        withUnsafeMutableBytes {
            $0.storeBytes(of: value.littleEndian, toByteOffset: word * 4, as: UInt32.self)
        }
    }

    /// Sums of body and header, at the end of a header of 128 bytes.
    mutating func fixSums() {
        let body = Array(self[128...])
        replace(word: 30, with: tk_crc32c(0, body, body.count))
        replace(word: 31, with: tk_crc32c(0, self, 124))
    }
}

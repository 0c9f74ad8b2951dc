import Platform

/// A file being written front to back through a buffer, with the CRC of the section in hand.
final class SectionOutput {
    private static let bufferBytes = 1 << 20

    private let file: any File
    private var buffer: [UInt8] = []
    /// Bytes before the buffer.
    private var flushed: UInt64 = 0
    private var checksum: UInt32 = 0
    /// Place in the buffer up to which the CRC has gone.
    private var checked = 0

    init(_ file: any File) {
        self.file = file
        buffer.reserveCapacity(Self.bufferBytes + 65536)
    }

    private var position: UInt64 { flushed + UInt64(buffer.count) }

    /// Pads to the alignment with zeros and starts a CRC.
    func beginSection() throws(FileError) -> UInt64 {
        while position % UInt64(SegmentFormat.alignment) != 0 { buffer.append(0) }
        try flushIfFull()
        checksum = 0
        checked = buffer.count
        return position
    }

    func endSection(from start: UInt64) -> (length: UInt64, checksum: UInt32) {
        updateChecksum()
        return (position - start, checksum)
    }

    func put<Value: FixedWidthInteger>(_ value: Value) throws(FileError) {
        withUnsafeBytes(of: value.littleEndian) { buffer.append(contentsOf: $0) }
        try flushIfFull()
    }

    func put(_ bytes: [UInt8]) throws(FileError) {
        buffer.append(contentsOf: bytes)
        try flushIfFull()
    }

    /// Takes bytes without writing; call `flushIfFull` soon.
    func stage(_ bytes: UnsafeRawBufferPointer) { buffer.append(contentsOf: bytes) }

    func flushIfFull() throws(FileError) {
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    func flush() throws(FileError) {
        updateChecksum()
        try buffer.withRawBytes { (bytes) throws(FileError) in
            try file.write(bytes, at: flushed)
        }
        flushed += UInt64(buffer.count)
        buffer.removeAll(keepingCapacity: true)
        checked = 0
    }

    private func updateChecksum() {
        checksum = buffer.withUnsafeBytes { bytes in
            crc32c(UnsafeRawBufferPointer(rebasing: bytes[checked...]), seed: checksum)
        }
        checked = buffer.count
    }
}

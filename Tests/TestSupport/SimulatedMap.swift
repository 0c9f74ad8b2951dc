import Platform

/// A simulated file: a copy of its bytes, aligned as a real map is, and itself to read.
final class SimulatedMap: MappedFile, @unchecked Sendable {
    // Safe to share: written only here, before anyone has it.
    let bytes: UnsafeRawBufferPointer
    private let file: SimulatedFile

    init(_ contents: [UInt8], of file: SimulatedFile) {
        self.file = file
        let copy = UnsafeMutableRawBufferPointer.allocate(
            byteCount: contents.count, alignment: 4096)
        copy.copyBytes(from: contents)
        bytes = UnsafeRawBufferPointer(copy)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(FileError)
        -> Int
    {
        try file.read(into: buffer, at: offset)
    }

    deinit { bytes.deallocate() }
}

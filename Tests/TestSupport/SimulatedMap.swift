import Platform

/// A copy of a simulated file's bytes, aligned as a real map is.
final class SimulatedMap: MappedFile, @unchecked Sendable {
    // Safe to share: written only here, before anyone has it.
    let bytes: UnsafeRawBufferPointer

    init(_ contents: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(
            byteCount: contents.count, alignment: 4096)
        copy.copyBytes(from: contents)
        bytes = UnsafeRawBufferPointer(copy)
    }

    deinit { bytes.deallocate() }
}

import CKernels

/// The fixed head of a section: numbers in order, then the two sums.
struct IndexHeader {
    private(set) var fields: [UInt32] = []
    private static let sumsAt = IndexFormat.headerBytes - 8
    private static let magicBytes = 8
    private static let fieldsMax = (sumsAt - magicBytes) / 4

    init(_ fields: [UInt32]) { self.fields = fields }

    /// The header's bytes for a body.
    func bytes(magic: UInt64, body: UnsafeRawBufferPointer) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: IndexFormat.headerBytes)
        bytes.withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: magic.littleEndian, as: UInt64.self)
            for (index, field) in fields.enumerated() {
                bytes.storeBytes(
                    of: field.littleEndian, toByteOffset: Self.magicBytes + index * 4,
                    as: UInt32.self)
            }
            bytes.storeBytes(
                of: tk_crc32c(0, body.baseAddress, body.count).littleEndian,
                toByteOffset: Self.sumsAt, as: UInt32.self)
            bytes.storeBytes(
                of: tk_crc32c(0, bytes.baseAddress, Self.sumsAt + 4).littleEndian,
                toByteOffset: Self.sumsAt + 4, as: UInt32.self)
        }
        return bytes
    }

    /// Reads a header and checks both sums.
    init(_ section: UnsafeRawBufferPointer, magic: UInt64) throws(IndexDamage) {
        guard section.count >= IndexFormat.headerBytes, let start = section.baseAddress,
            Int(bitPattern: start) % 4 == 0
        else { throw .corrupt("a section is shorter than its header") }
        func word(_ offset: Int) -> UInt32 {
            UInt32(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
        let found = UInt64(littleEndian: start.loadUnaligned(as: UInt64.self))
        guard found == magic else { throw .corrupt("a section has another kind's mark") }
        guard tk_crc32c(0, start, Self.sumsAt + 4) == word(Self.sumsAt + 4) else {
            throw .corrupt("a header fails its checksum")
        }
        let body = section.count - IndexFormat.headerBytes
        guard tk_crc32c(0, start + IndexFormat.headerBytes, body) == word(Self.sumsAt) else {
            throw .corrupt("a section fails its checksum")
        }
        fields = (0..<Self.fieldsMax).map { word(Self.magicBytes + $0 * 4) }
        guard fields[0] == IndexFormat.version else { throw .foreign(version: fields[0]) }
    }
}

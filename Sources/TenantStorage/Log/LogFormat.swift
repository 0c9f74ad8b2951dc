import ChromaModel

/// The bytes of a log file.
///
/// ```
/// file   = header frame*
/// header = "TESSLOG\n" version:u32 reserved:u32 tenant:16 number:u64 first:u64 zero:12 crc:u32
/// frame  = length:u32 crc:u32 first:u64 count:u32 entry{count}     length counts count and entries
/// entry  = length:u32 bytes
/// ```
/// One frame is one group commit, written by one call and synced before the next is written.
/// Hence a frame that fails its CRC is either the torn end of the log, and nothing valid follows
/// it, or damage to acknowledged data. The CRC is seeded with tenant and file number, so that a
/// frame of another file in this place fails too.
package enum LogFormat {
    static let headerBytes = 64
    static let frameHeaderBytes = 16
    static let magic: [UInt8] = Array("TESSLOG\n".utf8)
    static let version: UInt32 = 1

    package static func fileName(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".log"
    }

    /// The number in a log file's name; nil for any other name.
    package static func fileNumber(_ name: String) -> UInt64? {
        guard name.hasSuffix(".log"), let number = UInt64(name.dropLast(4)) else { return nil }
        return fileName(number) == name ? number : nil
    }

    /// What seeds the CRCs of a file's frames.
    static func seed(tenant: TenantID, fileNumber: UInt64) -> UInt32 {
        var writer = ByteWriter(capacity: 24)
        writer.put(tenant.uuid)
        writer.put(fileNumber)
        return writer.finish().withUnsafeBytes { crc32c($0) }
    }

    static func header(tenant: TenantID, fileNumber: UInt64, first: LogPosition) -> [UInt8] {
        var writer = ByteWriter(capacity: headerBytes)
        for byte in magic { writer.put(byte) }
        writer.put(version)
        writer.put(UInt32(0))
        writer.put(tenant.uuid)
        writer.put(fileNumber)
        writer.put(first.value)
        for _ in 0..<3 { writer.put(UInt32(0)) }
        writer.put(writer.bytes.withUnsafeBytes { crc32c($0) })
        return writer.finish()
    }

    /// One frame of entries that were serialized before.
    static func frame(_ entries: [[UInt8]], first: LogPosition, seed: UInt32) -> [UInt8] {
        let length = entries.reduce(4) { $0 + 4 + $1.count }
        var writer = ByteWriter(capacity: frameHeaderBytes + length)
        writer.put(UInt32(length))
        writer.put(UInt32(0))
        writer.put(first.value)
        writer.put(UInt32(entries.count))
        for entry in entries {
            writer.put(UInt32(entry.count))
            writer.put(raw: entry)
        }
        var frame = writer.finish()
        let checksum = frame.withUnsafeBytes { frameChecksum($0, seed: seed) }
        withUnsafeBytes(of: checksum.littleEndian) { frame.replaceSubrange(4..<8, with: $0) }
        return frame
    }

    /// The CRC of a whole frame, its own field left out.
    static func frameChecksum(_ frame: UnsafeRawBufferPointer, seed: UInt32) -> UInt32 {
        let length = crc32c(UnsafeRawBufferPointer(rebasing: frame[0..<4]), seed: seed)
        return crc32c(UnsafeRawBufferPointer(rebasing: frame[8...]), seed: length)
    }
}

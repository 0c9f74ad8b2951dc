import ChromaModel
import Platform

/// How far the log was acknowledged: `log/acknowledged`, rewritten in place after each sync of a
/// group commit and before its answers go out.
///
/// ```
/// file = "TESSACK\n" version:u32 crc:u32 file:u64 offset:u64 position:u64
/// ```
/// It tells damage in the log's last frame from a write that a process died in: only the latter
/// lies behind the mark. It is never synced. A kill leaves it in the kernel's cache; a power cut
/// may leave an older one, which promises less, but never a newer one than the log, for it is
/// written after the log's sync. One that is missing or unreadable promises nothing.
package struct AcknowledgedMark {
    package static let fileName = "acknowledged"
    package static let magic = "TESSACK\n"
    private static let version: UInt32 = 1

    package enum Content: Sendable, Hashable {
        /// No file, or one whose first write a power cut took back.
        case none
        case end(LogEnd)
        /// Its checksum is wrong, or a newer version wrote it.
        case unreadable
    }

    private let fileSystem: any FileSystem
    private let tenant: TenantID
    package let path: String

    /// - Parameter directory: the tenant's `log` directory.
    package init(fileSystem: any FileSystem, directory: String, tenant: TenantID) {
        self.fileSystem = fileSystem
        self.tenant = tenant
        path = directory + "/" + Self.fileName
    }

    package func read() throws(StorageError) -> Content {
        try io { () throws(FileError) in
            guard try fileSystem.exists(path) else { return .none }
            let map = try fileSystem.map(path)
            let bytes = Array(map.bytes)
            if bytes.allSatisfy({ $0 == 0 }) { return .none }
            return content(bytes).map(Content.end) ?? .unreadable
        }
    }

    /// Refuses a log that ends before what was acknowledged.
    ///
    /// - Throws: `StorageError.corrupt`.
    func check(end: LogEnd) throws(StorageError) {
        guard case .end(let mark) = try read(), mark.last > end.last else { return }
        throw .corrupt(
            file: path, offset: 0,
            "entry \(mark.last) was acknowledged, but the log can be read up to entry "
                + "\(end.last) alone")
    }

    func open() throws(FileError) -> any File { try fileSystem.open(path, .create) }

    func bytes(of end: LogEnd) -> [UInt8] {
        var body = ByteWriter(capacity: 24)
        body.put(end.fileNumber)
        body.put(end.offset)
        body.put(end.last.value)
        let fields = body.finish()
        var writer = ByteWriter(capacity: 40)
        writer.put(raw: Array(Self.magic.utf8))
        writer.put(Self.version)
        writer.put(checksum(fields))
        writer.put(raw: fields)
        return writer.finish()
    }

    /// Nil unless every byte is what the end makes it.
    private func content(_ found: [UInt8]) -> LogEnd? {
        try? found.withRawBytes { (raw) throws(StorageError) in
            var reader = ByteReader(raw)
            _ = try reader.takeRaw(Self.magic.utf8.count + 8)
            let end = LogEnd(
                fileNumber: try reader.take(), offset: try reader.take(),
                last: LogPosition(try reader.take()))
            return found == bytes(of: end) ? end : nil
        }
    }

    /// Seeded with the tenant, so that another's mark fails.
    private func checksum(_ fields: [UInt8]) -> UInt32 {
        let seed = LogFormat.seed(tenant: tenant, fileNumber: 0)
        return fields.withUnsafeBytes { crc32c($0, seed: seed) }
    }
}

import Billing
import ChromaModel
import Crypto
import NIOPosix
import Platform

/// The file of an export, written and read on threads that may block.
struct ExportFile: Sendable {
    private static let partBytes = 256 << 10

    let path: String
    let fileSystem: any FileSystem

    struct Written: Sendable {
        let bytes: Int
        /// In hex.
        let sha256: String
    }

    /// Writes a stream to a new file. Throws `resourceExhausted` when it gets too large.
    func write(
        _ stream: ByteStream, bytesMax: Int, progress: (Int) -> Void
    ) async throws -> Written {
        let file = try await onDisk { try fileSystem.open(path, .createNew) }
        defer { file.close() }
        var hasher = SHA256()
        var size = 0
        try await stream.produce { bytes in
            guard size + bytes.count <= bytesMax else {
                throw ServiceError(
                    .resourceExhausted,
                    "The export is larger than \(bytesMax) bytes; ask for a shorter time.")
            }
            let offset = UInt64(size)
            try await onDisk { try bytes.withUnsafeBytes { try file.write($0, at: offset) } }
            hasher.update(data: bytes)
            size += bytes.count
            progress(size)
        }
        try await onDisk { try file.syncData() }
        return Written(bytes: size, sha256: Hexadecimal.text(hasher.finalize()))
    }

    /// Reads the file to its end.
    func read(from start: Int, _ sink: ByteStream.Sink) async throws {
        let file = try await onDisk { try fileSystem.open(path, .readOnly) }
        defer { file.close() }
        var offset = UInt64(start)
        while true {
            let position = offset
            let part = try await onDisk {
                var bytes = [UInt8](repeating: 0, count: Self.partBytes)
                let count = try bytes.withUnsafeMutableBytes {
                    try file.read(into: $0, at: position)
                }
                return Array(bytes.prefix(count))
            }
            guard !part.isEmpty else { return }
            try await sink(part)
            offset += UInt64(part.count)
        }
    }

    private func onDisk<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await NIOThreadPool.singleton.runIfActive { try work() }
    }
}

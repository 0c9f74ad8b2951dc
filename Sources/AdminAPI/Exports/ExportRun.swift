import ChromaModel
import ControlPlane
import Crypto

/// One run of an export: makes the file and stores it, part by part.
struct ExportRun: Sendable {
    /// Of a part of the file. Readers find an offset by it, so it never changes.
    static let partBytes = 256 << 10
    /// The largest file.
    static let fileBytesMax = 1 << 30

    let controlPlane: ControlPlane
    let export: UsageExport

    /// Throws `resourceExhausted` when it gets too large, `ExportLost` when another run was begun,
    /// and what the stream throws.
    func write(_ stream: ByteStream) async throws {
        var hasher = SHA256()
        var rest: [UInt8] = []
        var (size, number) = (0, 0)
        try await stream.produce { bytes in
            size += bytes.count
            guard size <= Self.fileBytesMax else {
                throw ServiceError(
                    .resourceExhausted,
                    "The export is larger than \(Self.fileBytesMax) bytes; ask for a shorter time.")
            }
            hasher.update(data: bytes)
            rest += bytes
            while rest.count >= Self.partBytes {
                try await controlPlane.append(
                    Array(rest.prefix(Self.partBytes)), number: number, to: export)
                rest.removeFirst(Self.partBytes)
                number += 1
            }
        }
        if !rest.isEmpty { try await controlPlane.append(rest, number: number, to: export) }
        try await controlPlane.finishExport(export, sha256: Array(hasher.finalize()))
    }
}

extension ControlPlane {
    /// The file of an export, from an offset on. Throws `failedPrecondition` until it is done.
    func file(of export: UsageExport, offset: Int) throws(ServiceError) -> ByteStream {
        guard export.state == .done else {
            throw ServiceError(
                .failedPrecondition, "The export is \(export.state.rawValue); it has no file.")
        }
        guard (0...export.bytes).contains(offset) else {
            throw .invalid("offset is from 0 to the size of the file, \(export.bytes).")
        }
        let size = ExportRun.partBytes
        return ByteStream(contentType: export.contentType) { sink in
            var position = offset
            while position < export.bytes {
                let part = try await self.part(position / size, of: export)
                try await sink(Array(part.dropFirst(position % size)))
                position += size - position % size
            }
        }
    }
}

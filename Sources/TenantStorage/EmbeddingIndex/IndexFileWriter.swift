import ChromaModel
import Platform

/// Writes an index file: as a draft first, so that one with its own name is always whole.
package struct IndexFileWriter {
    /// What goes into the file.
    package struct Contents: Sendable {
        let rowCount: Int
        let codes: [UInt8]
        let graph: [UInt8]?
        let measuredRecall: Double?

        package init(rowCount: Int, codes: [UInt8], graph: [UInt8]?, measuredRecall: Double?) {
            self.rowCount = rowCount
            self.codes = codes
            self.graph = graph
            self.measuredRecall = measuredRecall
        }
    }

    /// Written at once: between two pieces a cancelled writer stops.
    private static let pieceBytes = 4 << 20

    private let path: String
    private let directory: String
    private let fileSystem: any FileSystem
    private let part: SegmentPart

    package init(_ part: SegmentPart, in directory: String, fileSystem: any FileSystem) {
        self.part = part
        self.directory = directory
        self.fileSystem = fileSystem
        path = directory + "/" + IndexFileFormat.fileName(part)
    }

    /// The name a file has while it is written.
    package static func draftName(_ part: SegmentPart) -> String {
        IndexFileFormat.fileName(part) + ".tmp"
    }

    /// Puts the file in the place of an older one; durable when it returns. Blocking.
    ///
    /// - Parameter isCancelled: asked between pieces.
    /// - Throws: `FileError`, or `CancellationError` when it was cancelled; then there is no draft
    ///   left, if it could be removed.
    package func write(_ contents: Contents, isCancelled: () -> Bool) throws {
        let draft = directory + "/" + Self.draftName(part)
        try fileSystem.removeFile(draft)
        do {
            try write(contents, to: draft, isCancelled)
            try fileSystem.rename(draft, to: path)
            try fileSystem.syncDirectory(directory)
        } catch {
            try? fileSystem.removeFile(draft)
            throw error
        }
    }

    private func write(
        _ contents: Contents, to draft: String, _ isCancelled: () -> Bool
    ) throws {
        let file = try fileSystem.open(draft, .createNew)
        defer { file.close() }
        let header = Self.header(of: contents, part)
        var end = 0
        for bytes in [header.bytes, contents.codes, Self.padding(header), contents.graph ?? []] {
            try bytes.withUnsafeBytes { bytes in
                for start in stride(from: 0, to: bytes.count, by: Self.pieceBytes) {
                    if isCancelled() { throw CancellationError() }
                    let piece = start..<min(start + Self.pieceBytes, bytes.count)
                    try file.write(
                        UnsafeRawBufferPointer(rebasing: bytes[piece]), at: UInt64(end))
                    end += piece.count
                }
            }
        }
        try file.syncData()
    }

    private static func header(of contents: Contents, _ part: SegmentPart) -> IndexFileHeader {
        func header(_ checksum: UInt32) -> IndexFileHeader {
            IndexFileHeader(
                part: part, rowCount: contents.rowCount, codesBytes: contents.codes.count,
                graphBytes: contents.graph?.count ?? 0, measuredRecall: contents.measuredRecall,
                bodyChecksum: checksum)
        }
        let body = [contents.codes, padding(header(0)), contents.graph ?? []]
        return header(
            body.reduce(UInt32(0)) { sum, bytes in
                bytes.withRawBytes { crc32c($0, seed: sum) }
            })
    }

    private static func padding(_ header: IndexFileHeader) -> [UInt8] {
        let count = header.graph.map { $0.lowerBound - header.codes.upperBound } ?? 0
        return [UInt8](repeating: 0, count: count)
    }
}

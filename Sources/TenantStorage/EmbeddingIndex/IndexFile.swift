import ChromaModel
import Platform

/// The index of a part's embeddings, mapped, every byte of it checked.
package final class IndexFile: Sendable {
    package let part: SegmentPart
    /// Rows of the part.
    package let rowCount: Int
    package let byteCount: Int
    /// Recall at 10 that the build measured; nil when all answers are exact.
    package let measuredRecall: Double?
    private let map: any MappedFile
    private let codesRange: Range<Int>
    private let graphRange: Range<Int>?

    /// Maps the file, and reads and checks it. Blocking.
    ///
    /// - Throws: `StorageError` when it is gone, unreadable, damaged or not of this part.
    package init(_ part: SegmentPart, in directory: String, fileSystem: any FileSystem)
        throws(StorageError)
    {
        let path = directory + "/" + IndexFileFormat.fileName(part)
        let map = try io { () throws(FileError) in try fileSystem.map(path) }
        let reads = CheckedReads(file: map, path: path)
        let header = try IndexFileHeader(
            try reads.bytes(0..<IndexFileFormat.headerBytes), path: path)
        func bad(_ what: String) -> StorageError { .corrupt(file: path, offset: 0, what) }
        guard header.part == part else { throw bad("it is the index of other rows") }
        let end = header.graph?.upperBound ?? header.codes.upperBound
        guard end == reads.byteCount else { throw bad("it has another length") }
        guard
            try reads.checksums([IndexFileFormat.headerBytes..<end]) == [header.bodyChecksum]
        else {
            throw .corrupt(
                file: path, offset: UInt64(IndexFileFormat.headerBytes), "it fails its checksum")
        }
        self.map = map
        self.part = part
        rowCount = header.rowCount
        byteCount = end
        measuredRecall = header.measuredRecall
        codesRange = header.codes
        graphRange = header.graph
    }

    /// Valid as long as this lives.
    package var codes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: map.bytes[codesRange])
    }

    /// Nil when the codes are the whole index.
    package var graph: UnsafeRawBufferPointer? {
        graphRange.map { UnsafeRawBufferPointer(rebasing: map.bytes[$0]) }
    }
}

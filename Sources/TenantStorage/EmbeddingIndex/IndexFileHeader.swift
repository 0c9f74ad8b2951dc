import ChromaModel

/// The head of an index file.
struct IndexFileHeader {
    let part: SegmentPart
    let rowCount: Int
    let codesBytes: Int
    /// 0: there is no graph.
    let graphBytes: Int
    let measuredRecall: Double?
    let bodyChecksum: UInt32

    /// Where the parts of the file are; the file ends with the last.
    var codes: Range<Int> {
        IndexFileFormat.headerBytes..<(IndexFileFormat.headerBytes + codesBytes)
    }

    var graph: Range<Int>? {
        guard graphBytes > 0 else { return nil }
        let start = IndexFileFormat.graphStart(codes: codesBytes)
        return start..<(start + graphBytes)
    }

    var bytes: [UInt8] {
        var writer = ByteWriter(capacity: IndexFileFormat.headerBytes)
        writer.put(raw: IndexFileFormat.magic)
        writer.put(IndexFileFormat.version)
        writer.put(UInt32(rowCount))
        writer.put(part.segment.uuid)
        writer.put(part.storedAs.uuid)
        writer.put(UInt64(codesBytes))
        writer.put(UInt64(graphBytes))
        writer.put(
            measuredRecall.map { UInt32($0 * IndexFileFormat.recallUnit) }
                ?? IndexFileFormat.recallUnknown)
        writer.put(bodyChecksum)
        let zeros = Self.checkedBytes - writer.bytes.count
        writer.put(raw: [UInt8](repeating: 0, count: zeros))
        writer.put(writer.bytes.withRawBytes { crc32c($0) })
        return writer.finish()
    }

    /// - Throws: `StorageError.corrupt` or `.foreign` when these are not a header's bytes.
    init(_ bytes: [UInt8], path: String) throws(StorageError) {
        func bad(_ what: String) -> StorageError { .corrupt(file: path, offset: 0, what) }
        guard bytes.starts(with: IndexFileFormat.magic) else {
            throw bad("it is no index file")
        }
        self = try bytes.withRawBytes { (raw) throws(StorageError) in
            let checked = UnsafeRawBufferPointer(rebasing: raw[..<Self.checkedBytes])
            var end = ByteReader(UnsafeRawBufferPointer(rebasing: raw[Self.checkedBytes...]))
            guard crc32c(checked) == (try end.take(UInt32.self)) else {
                throw bad("its header fails its checksum")
            }
            var reader = ByteReader(
                UnsafeRawBufferPointer(rebasing: raw[IndexFileFormat.magic.count...]))
            let version: UInt32 = try reader.take()
            guard version == IndexFileFormat.version else {
                throw .foreign(file: path, "index file format \(version) is unknown")
            }
            return try Self(&reader)
        }
    }

    init(
        part: SegmentPart, rowCount: Int, codesBytes: Int, graphBytes: Int,
        measuredRecall: Double?, bodyChecksum: UInt32
    ) {
        self.part = part
        self.rowCount = rowCount
        self.codesBytes = codesBytes
        self.graphBytes = graphBytes
        self.measuredRecall = measuredRecall
        self.bodyChecksum = bodyChecksum
    }

    /// What follows the version.
    private init(_ reader: inout ByteReader) throws(StorageError) {
        rowCount = Int(try reader.take(UInt32.self))
        part = SegmentPart(
            segment: SegmentID(try reader.takeID()), storedAs: CollectionID(try reader.takeID()))
        codesBytes = Int(clamping: try reader.take(UInt64.self))
        graphBytes = Int(clamping: try reader.take(UInt64.self))
        guard codesBytes <= Self.sectionBytesMax, graphBytes <= Self.sectionBytesMax else {
            throw .malformed("an index file's sections are too long")
        }
        let recall: UInt32 = try reader.take()
        measuredRecall =
            recall == IndexFileFormat.recallUnknown
            ? nil : Double(recall) / IndexFileFormat.recallUnit
        bodyChecksum = try reader.take()
    }

    private static let checkedBytes = IndexFileFormat.headerBytes - 4
    /// More than any: so that sums of two don't overflow.
    private static let sectionBytesMax = 1 << 48
}

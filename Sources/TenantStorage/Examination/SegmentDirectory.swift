import ChromaModel

/// A segment's directory as it stands in the file, sections of unknown kinds included.
struct SegmentDirectory {
    struct Section {
        let kind: UInt16
        let range: Range<Int>
        let checksum: UInt32
    }

    struct Entry {
        let collection: CollectionID
        let dimension: Int
        let rowCount: Int
        let sections: [Section]
    }

    /// Where it stands in the file.
    let range: Range<Int>
    let collections: [Entry]
    /// What is wrong around it, yet leaves it readable.
    let faults: [Finding]

    /// - Throws: `StorageError.corrupt` when no whole directory can be found.
    init(_ bytes: UnsafeRawBufferPointer, path: String) throws(StorageError) {
        let end = bytes.count - SegmentFormat.trailerBytes
        guard end >= SegmentFormat.magic.count else {
            throw .corrupt(file: path, offset: 0, "\(bytes.count) bytes are no segment file")
        }
        let trailer = try SegmentTrailer(bytes, at: end)
        guard trailer.version == SegmentFormat.version else {
            throw .corrupt(
                file: path, offset: UInt64(end + 16),
                "segment format \(trailer.version) is unknown to this version")
        }
        guard let range = trailer.directory(bytes) else {
            throw .corrupt(
                file: path, offset: trailer.offset, "the directory fails its checksum")
        }
        self.range = range
        faults = trailer.faults(bytes).map {
            Finding(.derivable, path, at: UInt64($0.offset), $0.what)
        }
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[range]))
        let sectionsEnd = UInt64(range.lowerBound)
        collections = try reader.takeList(bytesMin: 28) { (reader) throws(StorageError) in
            try Entry(&reader, sectionsEnd: sectionsEnd)
        }
        let ids = Set(collections.map(\.collection))
        guard reader.remaining == 0, ids.count == collections.count else {
            throw .corrupt(
                file: path, offset: sectionsEnd, "the directory does not list each collection once")
        }
    }
}

/// The last bytes of a segment file as they stand there.
private struct SegmentTrailer {
    /// Where it begins.
    let start: Int
    let offset: UInt64
    let length: UInt32
    let checksum: UInt32
    let version: UInt32
    let zero: UInt32

    init(_ bytes: UnsafeRawBufferPointer, at start: Int) throws(StorageError) {
        self.start = start
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        offset = try reader.take()
        length = try reader.take()
        checksum = try reader.take()
        version = try reader.take()
        zero = try reader.take()
    }

    /// Where the directory is: by the offset, or by the length when that one is damaged.
    func directory(_ bytes: UnsafeRawBufferPointer) -> Range<Int>? {
        let byLength = UInt64(max(start - Int(length), 0))
        return [offset, byLength].filter { $0 <= UInt64(start) }
            .map { Int($0)..<start }
            .first { crc32c(UnsafeRawBufferPointer(rebasing: bytes[$0])) == checksum }
    }

    /// Bytes outside the directory that are not what they must be.
    func faults(_ bytes: UnsafeRawBufferPointer) -> [(offset: Int, what: String)] {
        let magic = SegmentFormat.magic
        var faults: [(offset: Int, what: String)] = []
        if !bytes.prefix(magic.count).elementsEqual(magic) {
            faults.append((0, "it does not begin as a segment file"))
        }
        if offset != UInt64(start) - UInt64(min(Int(length), start)) {
            faults.append((start, "the trailer's offset and length of the directory disagree"))
        }
        if zero != 0 { faults.append((start + 20, "a reserved field of the trailer is not zero")) }
        if !bytes.suffix(magic.count).elementsEqual(magic) {
            faults.append((bytes.count - magic.count, "it does not end as a segment file"))
        }
        return faults
    }
}

extension SegmentDirectory.Entry {
    fileprivate init(_ reader: inout ByteReader, sectionsEnd: UInt64) throws(StorageError) {
        collection = CollectionID(try reader.takeID())
        dimension = Int(try reader.take(UInt32.self))
        rowCount = Int(try reader.take(UInt32.self))
        sections = try reader.takeList(bytesMin: 22) { (reader) throws(StorageError) in
            let kind: UInt16 = try reader.take()
            let start: UInt64 = try reader.take()
            let length: UInt64 = try reader.take()
            let checksum: UInt32 = try reader.take()
            guard start <= sectionsEnd, length <= sectionsEnd - start else {
                throw .malformed("a section lies outside the file")
            }
            return SegmentDirectory.Section(
                kind: kind, range: Int(start)..<Int(start + length), checksum: checksum)
        }
    }
}

import ChromaModel
import Platform

/// An open segment file: its map and what the directory says is where.
///
/// Readers may outlive the file's name: a seal removes what it merged while they are at it. So
/// nothing is looked up by path once the file is open.
package final class SegmentFile: Sendable {
    package let id: SegmentID
    package let byteCount: Int
    let map: any MappedFile
    let path: String
    private let contents: [CollectionID: SegmentContents]

    /// Reads and checks trailer and directory, and maps the file. Sections are checked when
    /// they are first asked for.
    ///
    /// - Throws: `StorageError.corrupt` or `.foreign` when it is not a whole segment file.
    package init(_ id: SegmentID, in directory: String, fileSystem: any FileSystem)
        throws(StorageError)
    {
        self.id = id
        let path = directory + "/" + SegmentFormat.fileName(id)
        self.path = path
        let map = try io { () throws(FileError) in try fileSystem.map(path) }
        self.map = map
        byteCount = map.bytes.count
        contents = try Self.readDirectory(CheckedReads(file: map, path: path))
    }

    /// All bytes of the file, valid as long as this lives.
    package var bytes: UnsafeRawBufferPointer { map.bytes }

    package var collections: [CollectionID] { Array(contents.keys) }

    /// The rows of one collection, every section of them checked.
    ///
    /// - Throws: `StorageError.corrupt` when the collection is not in the file or a byte of it
    ///   has changed.
    package func rows(of collection: CollectionID) throws(StorageError) -> SegmentSections {
        let sections = try SegmentSections(file: self, contents: try contents(of: collection))
        try sections.require(.all)
        return sections
    }

    /// The rows of one collection, of which nothing is read yet.
    ///
    /// - Parameter extent: what the checkpoint says that there is.
    /// - Throws: `StorageError.corrupt` when the directory doesn't have them.
    package func unreadRows(of collection: CollectionID, extent: SegmentExtent)
        throws(StorageError) -> SegmentSections
    {
        let found = try contents(of: collection)
        guard found.rowCount == extent.rowCount else {
            throw corrupt(0, "it has \(found.rowCount) rows and should have \(extent.rowCount)")
        }
        return try SegmentSections(file: self, contents: found, extent: extent)
    }

    /// Reads sections of a collection and compares them with their checksums.
    func check(_ sections: [SegmentContents.Section]) throws(StorageError) {
        let reads = CheckedReads(file: map, path: path)
        let sums = try reads.checksums(sections.map(\.range))
        for (section, sum) in zip(sections, sums) where sum != section.checksum {
            throw corrupt(UInt64(section.range.lowerBound), "a section fails its checksum")
        }
    }

    func corrupt(_ offset: UInt64, _ what: String) -> StorageError {
        .corrupt(file: path, offset: offset, what)
    }

    /// What the directory says of a collection.
    func contents(of collection: CollectionID) throws(StorageError) -> SegmentContents {
        guard let found = contents[collection] else {
            throw corrupt(0, "it has no rows of collection \(collection)")
        }
        return found
    }

    private static func readDirectory(_ reads: CheckedReads)
        throws(StorageError) -> [CollectionID: SegmentContents]
    {
        func bad(_ what: String) -> StorageError { .corrupt(file: reads.path, offset: 0, what) }
        let magic = SegmentFormat.magic
        let end = reads.byteCount - SegmentFormat.trailerBytes
        guard end >= magic.count, try reads.bytes(0..<magic.count) == magic else {
            throw bad("it is not a whole segment file")
        }
        let trailer = try reads.bytes(end..<reads.byteCount)
        guard trailer.suffix(magic.count) == magic[...] else {
            throw bad("it is not a whole segment file")
        }
        let (offset, length, checksum) = try trailer.withRawBytes { (raw) throws(StorageError) in
            var trailer = ByteReader(raw)
            let offset: UInt64 = try trailer.take()
            let length: UInt32 = try trailer.take()
            let checksum: UInt32 = try trailer.take()
            let version: UInt32 = try trailer.take()
            let zero: UInt32 = try trailer.take()
            guard version == SegmentFormat.version, zero == 0 else {
                throw .foreign(
                    file: reads.path, "segment format \(version) is unknown to this version")
            }
            return (offset, length, checksum)
        }
        guard offset <= UInt64(end), UInt64(end) - offset == UInt64(length) else {
            throw bad("its directory is not where the trailer says")
        }
        let directory = try reads.bytes(Int(offset)..<end)
        let all = try directory.withRawBytes { (raw) throws(StorageError) in
            guard crc32c(raw) == checksum else { throw bad("its directory fails its checksum") }
            var reader = ByteReader(raw)
            return try reader.takeList(bytesMin: 28) { (reader) throws(StorageError) in
                try SegmentContents(&reader, sectionsEnd: offset)
            }
        }
        let layout = SegmentLayout(
            sections: all.flatMap(\.ranges), directoryStart: Int(offset))
        let fault = try layout.fault { (padding) throws(StorageError) in
            try reads.bytes(padding)
        }
        if let fault {
            throw .corrupt(file: reads.path, offset: UInt64(fault.offset), fault.what)
        }
        var contents: [CollectionID: SegmentContents] = [:]
        for entry in all { contents[entry.collection] = entry }
        return contents
    }
}

/// What a segment's directory says of one collection.
struct SegmentContents: Sendable {
    struct Section: Sendable {
        let range: Range<Int>
        let checksum: UInt32
    }

    let collection: CollectionID
    let dimension: Int
    let rowCount: Int
    private(set) var sections: [SectionKind: Section] = [:]
    /// Where its sections are, those of unknown kinds included.
    private(set) var ranges: [Range<Int>] = []

    init(_ reader: inout ByteReader, sectionsEnd: UInt64) throws(StorageError) {
        collection = CollectionID(try reader.takeID())
        dimension = Int(try reader.take(UInt32.self))
        rowCount = Int(try reader.take(UInt32.self))
        let count: UInt32 = try reader.take()
        for _ in 0..<count {
            let raw: UInt16 = try reader.take()
            let start: UInt64 = try reader.take()
            let length: UInt64 = try reader.take()
            let checksum: UInt32 = try reader.take()
            guard start <= sectionsEnd, length <= sectionsEnd - start else {
                throw .malformed("a section lies outside the file")
            }
            let range = Int(start)..<Int(start + length)
            ranges.append(range)
            guard let kind = SectionKind(rawValue: raw) else { continue }
            sections[kind] = Section(range: range, checksum: checksum)
        }
    }
}

import ChromaModel
import Platform

/// An open segment file: its map and what the directory says is where.
package final class SegmentFile: Sendable {
    package let id: SegmentID
    package let byteCount: Int
    let map: any MappedFile
    let path: String
    private let contents: [CollectionID: SegmentContents]

    /// Maps the file and checks its trailer and directory. Sections are checked when a
    /// collection's rows are first asked for.
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
        contents = try Self.readDirectory(map.bytes, path: path)
    }

    /// All bytes of the file, valid as long as this lives.
    package var bytes: UnsafeRawBufferPointer { map.bytes }

    package var collections: [CollectionID] { Array(contents.keys) }

    /// The rows of one collection, every section of them checked against its CRC.
    ///
    /// - Throws: `StorageError.corrupt` when the collection is not in the file or a byte of it
    ///   has changed.
    package func rows(of collection: CollectionID) throws(StorageError) -> SegmentSections {
        guard let found = contents[collection] else {
            throw .corrupt(file: path, offset: 0, "it has no rows of collection \(collection)")
        }
        for section in found.sections.values { try check(section) }
        return try SegmentSections(file: self, contents: found)
    }

    /// What the directory says of a collection.
    func contents(of collection: CollectionID) -> SegmentContents? { contents[collection] }

    func corrupt(_ offset: UInt64, _ what: String) -> StorageError {
        .corrupt(file: path, offset: offset, what)
    }

    private func check(_ section: SegmentContents.Section) throws(StorageError) {
        let bytes = UnsafeRawBufferPointer(rebasing: map.bytes[section.range])
        guard crc32c(bytes) == section.checksum else {
            throw corrupt(UInt64(section.range.lowerBound), "a section fails its checksum")
        }
    }

    private static func readDirectory(_ bytes: UnsafeRawBufferPointer, path: String)
        throws(StorageError) -> [CollectionID: SegmentContents]
    {
        func bad(_ what: String) -> StorageError { .corrupt(file: path, offset: 0, what) }
        let magic = SegmentFormat.magic
        guard bytes.count >= magic.count + SegmentFormat.trailerBytes,
            bytes.prefix(magic.count).elementsEqual(magic),
            bytes.suffix(magic.count).elementsEqual(magic)
        else { throw bad("it is not a whole segment file") }
        let end = bytes.count - SegmentFormat.trailerBytes
        var trailer = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[end...]))
        let offset: UInt64 = try trailer.take()
        let length: UInt32 = try trailer.take()
        let checksum: UInt32 = try trailer.take()
        let version: UInt32 = try trailer.take()
        let zero: UInt32 = try trailer.take()
        guard version == SegmentFormat.version, zero == 0 else {
            throw .foreign(file: path, "segment format \(version) is unknown to this version")
        }
        guard offset <= UInt64(end), UInt64(end) - offset == UInt64(length) else {
            throw bad("its directory is not where the trailer says")
        }
        let directory = UnsafeRawBufferPointer(rebasing: bytes[Int(offset)..<end])
        guard crc32c(directory) == checksum else { throw bad("its directory fails its checksum") }
        var reader = ByteReader(directory)
        let all = try reader.takeList(bytesMin: 28) { (reader) throws(StorageError) in
            try SegmentContents(&reader, sectionsEnd: offset)
        }
        let layout = SegmentLayout(
            bytes: bytes, sections: all.flatMap(\.ranges), directoryStart: Int(offset))
        if let fault = layout.fault {
            throw .corrupt(file: path, offset: UInt64(fault.offset), fault.what)
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

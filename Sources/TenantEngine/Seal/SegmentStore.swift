import ChromaModel
import Platform
import Synchronization
import TenantStorage

/// A tenant's segment files: opened once, shared by whoever reads them.
final class SegmentStore: Sendable {
    let fileSystem: any FileSystem
    let directory: String
    private let open = Mutex<[SegmentID: OpenSegment]>([:])
    /// Names of index files that are being written.
    let drafts = Mutex<Set<String>>([])

    private struct OpenSegment {
        let file: SegmentFile
        /// What was asked for; forks share it, and what was checked of it.
        var rows: [CollectionID: SegmentSections] = [:]
    }

    /// - Parameter directory: the tenant's `segments` directory.
    init(fileSystem: any FileSystem, directory: String) {
        self.fileSystem = fileSystem
        self.directory = directory
    }

    /// The rows that a checkpoint names; of them nothing may be read yet. Blocking.
    func rows(_ part: Checkpoint.Part) throws(StorageError) -> SegmentSections {
        if let known = open.withLock({ $0[part.segment]?.rows[part.storedAs] }) { return known }
        let file = try file(part.segment)
        return share(try file.unreadRows(of: part.storedAs, extent: part.extent))
    }

    /// The rows of a segment that was just written, all of them read back and checked.
    func rowsReadBack(_ segment: SegmentID, of collection: CollectionID) throws(StorageError)
        -> SegmentSections
    {
        share(try file(segment).rows(of: collection))
    }

    func write(_ rows: [any SegmentRows], as segment: SegmentID) throws(FileError) {
        try SegmentWriter.write(rows, as: segment, in: directory, fileSystem: fileSystem)
    }

    /// Removes a segment that no checkpoint names.
    func remove(_ segment: SegmentID) throws(FileError) {
        open.withLock { $0[segment] = nil }
        try fileSystem.removeFile(directory + "/\(segment).seg")
    }

    /// Removes every segment that none of the parts is in, and every index of other parts.
    /// Readers that hold one keep its map.
    func removeAll(except kept: Set<SegmentPart>) throws(FileError) {
        let segments = Set(kept.map(\.segment))
        open.withLock { open in
            for segment in open.keys where !segments.contains(segment) { open[segment] = nil }
        }
        for name in try fileSystem.list(directory) {
            let id = name.hasSuffix(".seg") ? UniqueID(String(name.dropLast(4))) : nil
            if let id, segments.contains(SegmentID(id)) { continue }
            if let part = IndexFileFormat.part(named: name), kept.contains(part) { continue }
            if drafts.withLock({ $0.contains(name) }) { continue }
            try fileSystem.removeFile(directory + "/" + name)
        }
    }

    /// The files that a checkpoint names, mapped.
    func files(of checkpoint: Checkpoint) throws(StorageError) -> [SegmentFile] {
        var files: [SegmentFile] = []
        for segment in checkpoint.segments.sorted() {
            files.append(try SegmentFile(segment, in: directory, fileSystem: fileSystem))
        }
        return files
    }

    private func share(_ rows: SegmentSections) -> SegmentSections {
        open.withLock { open in
            if let earlier = open[rows.file.id]?.rows[rows.collection] { return earlier }
            open[rows.file.id, default: OpenSegment(file: rows.file)].rows[rows.collection] = rows
            return rows
        }
    }

    private func file(_ segment: SegmentID) throws(StorageError) -> SegmentFile {
        if let known = open.withLock({ $0[segment]?.file }) { return known }
        let file = try SegmentFile(segment, in: directory, fileSystem: fileSystem)
        return open.withLock { open in
            if let earlier = open[segment] { return earlier.file }
            open[segment] = OpenSegment(file: file)
            return file
        }
    }
}

import ChromaModel
import Platform
import Synchronization
import TenantStorage

/// A tenant's segment files: opened once, shared by whoever reads them.
final class SegmentStore: Sendable {
    let fileSystem: any FileSystem
    let directory: String
    private let open = Mutex<[SegmentID: OpenSegment]>([:])

    private struct OpenSegment {
        let file: SegmentFile
        /// What was asked for and checked; forks share it.
        var rows: [CollectionID: SegmentSections] = [:]
    }

    /// - Parameter directory: the tenant's `segments` directory.
    init(fileSystem: any FileSystem, directory: String) {
        self.fileSystem = fileSystem
        self.directory = directory
    }

    /// The rows of a collection in a segment, checked.
    func rows(_ segment: SegmentID, of collection: CollectionID) throws(StorageError)
        -> SegmentSections
    {
        if let known = open.withLock({ $0[segment]?.rows[collection] }) { return known }
        let file = try file(segment)
        let rows = try file.rows(of: collection)
        return open.withLock { open in
            if let earlier = open[segment]?.rows[collection] { return earlier }
            open[segment, default: OpenSegment(file: file)].rows[collection] = rows
            return rows
        }
    }

    func write(_ rows: [any SegmentRows], as segment: SegmentID) throws(FileError) {
        try SegmentWriter.write(rows, as: segment, in: directory, fileSystem: fileSystem)
    }

    /// Removes a segment that no checkpoint names.
    func remove(_ segment: SegmentID) throws(FileError) {
        open.withLock { $0[segment] = nil }
        try fileSystem.removeFile(directory + "/\(segment).seg")
    }

    /// Removes every segment that is not in `kept`. Readers that hold one keep its map.
    func removeAll(except kept: Set<SegmentID>) throws(FileError) {
        open.withLock { open in
            for segment in open.keys where !kept.contains(segment) { open[segment] = nil }
        }
        for name in try fileSystem.list(directory) {
            let id = name.hasSuffix(".seg") ? UniqueID(String(name.dropLast(4))) : nil
            if let id, kept.contains(SegmentID(id)) { continue }
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

    private func file(_ segment: SegmentID) throws(StorageError) -> SegmentFile {
        if let known = open.withLock({ $0[segment]?.file }) { return known }
        return try SegmentFile(segment, in: directory, fileSystem: fileSystem)
    }
}

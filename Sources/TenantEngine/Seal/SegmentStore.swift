import ChromaModel
import Platform
import Synchronization
import TenantStorage

/// A tenant's segment files: opened once, shared by whoever reads them.
final class SegmentStore: Sendable {
    let fileSystem: any FileSystem
    let directory: String
    private let open = Mutex<[SegmentID: SegmentFile]>([:])

    /// - Parameter directory: the tenant's `segments` directory.
    init(fileSystem: any FileSystem, directory: String) {
        self.fileSystem = fileSystem
        self.directory = directory
    }

    /// The rows of a collection in a segment, checked.
    func rows(_ segment: SegmentID, of collection: CollectionID) throws(StorageError)
        -> SegmentSections
    {
        try file(segment).rows(of: collection)
    }

    func write(_ rows: [any SegmentRows], as segment: SegmentID) throws(FileError) {
        try SegmentWriter.write(rows, as: segment, in: directory, fileSystem: fileSystem)
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

    private func file(_ segment: SegmentID) throws(StorageError) -> SegmentFile {
        if let file = open.withLock({ $0[segment] }) { return file }
        let file = try SegmentFile(segment, in: directory, fileSystem: fileSystem)
        return open.withLock { open in
            if let earlier = open[segment] { return earlier }
            open[segment] = file
            return file
        }
    }
}

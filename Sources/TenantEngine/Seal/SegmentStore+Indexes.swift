import Platform
import Synchronization
import TenantStorage

extension SegmentStore {
    /// The index of a part, mapped and checked; nil when there is none. Blocking.
    ///
    /// - Throws: `StorageError` when it is unreadable or damaged.
    func index(of part: SegmentPart) throws(StorageError) -> IndexFile? {
        let path = directory + "/" + IndexFileFormat.fileName(part)
        do throws(FileError) {
            guard try fileSystem.exists(path) else { return nil }
        } catch { throw .file(error) }
        return try IndexFile(part, in: directory, fileSystem: fileSystem)
    }

    /// Writes the index of a part, durably. Blocking.
    func write(
        _ index: IndexFileWriter.Contents, of part: SegmentPart, isCancelled: () -> Bool
    ) throws {
        let draft = IndexFileWriter.draftName(part)
        drafts.withLock { _ = $0.insert(draft) }
        defer { drafts.withLock { _ = $0.remove(draft) } }
        try IndexFileWriter(part, in: directory, fileSystem: fileSystem)
            .write(index, isCancelled: isCancelled)
    }

    func removeIndex(of part: SegmentPart) throws(FileError) {
        try fileSystem.removeFile(directory + "/" + IndexFileFormat.fileName(part))
    }
}

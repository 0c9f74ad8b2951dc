import Platform
import Synchronization

/// A file system that knows which tenants' files are open, now and at the most. Maps don't count:
/// a reader may keep one a little longer than its tenant is open.
final class HandleCountingFileSystem: FileSystem {
    fileprivate struct Counts {
        var handles: [String: Int] = [:]
        var tenantsMax = 0
    }

    private let base: any FileSystem
    private let counts = Mutex(Counts())

    init(_ base: any FileSystem) { self.base = base }

    /// Tenants with an open file.
    var tenants: Int { counts.withLock { $0.handles.count } }

    /// The most tenants that had open files at one moment.
    var tenantsMax: Int { counts.withLock { $0.tenantsMax } }

    func open(_ path: String, _ mode: OpenMode) throws(FileError) -> any File {
        let file = try base.open(path, mode)
        let tenant = Self.tenant(of: path)
        counts.withLock { counts in
            counts.handles[tenant, default: 0] += 1
            counts.tenantsMax = max(counts.tenantsMax, counts.handles.count)
        }
        return CountedFile(file) { [self] in closed(tenant) }
    }

    func map(_ path: String) throws(FileError) -> any MappedFile { try base.map(path) }
    func createDirectory(_ path: String) throws(FileError) { try base.createDirectory(path) }
    func list(_ path: String) throws(FileError) -> [String] { try base.list(path) }
    func exists(_ path: String) throws(FileError) -> Bool { try base.exists(path) }

    func rename(_ source: String, to target: String) throws(FileError) {
        try base.rename(source, to: target)
    }

    func removeFile(_ path: String) throws(FileError) { try base.removeFile(path) }
    func removeTree(_ path: String) throws(FileError) { try base.removeTree(path) }
    func syncDirectory(_ path: String) throws(FileError) { try base.syncDirectory(path) }

    private func closed(_ tenant: String) {
        counts.withLock { counts in
            let rest = counts.handles[tenant, default: 1] - 1
            counts.handles[tenant] = rest > 0 ? rest : nil
        }
    }

    /// `…/tenants/<tenant>/log/00000001.log`
    private static func tenant(of path: String) -> String {
        path.split(separator: "/").dropLast(2).last.map { String($0) } ?? path
    }
}

private final class CountedFile: File {
    private let base: any File
    private let onClose: @Sendable () -> Void
    private let isClosed = Atomic(false)

    init(_ base: any File, onClose: @escaping @Sendable () -> Void) {
        self.base = base
        self.onClose = onClose
    }

    deinit { close() }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(FileError) {
        try base.write(bytes, at: offset)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(FileError)
        -> Int
    {
        try base.read(into: buffer, at: offset)
    }

    func size() throws(FileError) -> UInt64 { try base.size() }
    func truncate(to size: UInt64) throws(FileError) { try base.truncate(to: size) }
    func syncData() throws(FileError) { try base.syncData() }

    func close() {
        base.close()
        if !isClosed.exchange(true, ordering: .acquiringAndReleasing) { onClose() }
    }
}

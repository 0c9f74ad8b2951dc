import Platform
import Synchronization

/// A file system that breaks its promises in one way: a planted fault.
///
/// A fault test that stays green on top of it proves nothing, so each has a twin that must fail.
package struct LyingFileSystem: FileSystem {
    package enum Lie: Sendable, CaseIterable {
        /// `syncData` returns and syncs nothing.
        case skipsDataSync
        /// `syncDirectory` returns and syncs nothing.
        case skipsDirectorySync
        /// A write returns before it is done; it happens when the file is next written, so the
        /// sync in between does not cover it: an acknowledgement before the append.
        case writesLate
        /// Failed syncs are reported as good ones.
        case hidesSyncErrors
        /// A log frame is synced only after the mark of what is acknowledged was written, as if
        /// the writer did the two in the wrong order.
        case marksBeforeSync
    }

    private let base: any FileSystem
    private let lie: Lie
    private let postponed = PostponedSync()

    package init(_ base: any FileSystem, _ lie: Lie) {
        self.base = base
        self.lie = lie
    }

    package func open(_ path: String, _ mode: OpenMode) throws(FileError) -> any File {
        LyingFile(try base.open(path, mode), path, lie, postponed)
    }

    package func map(_ path: String) throws(FileError) -> any MappedFile { try base.map(path) }

    package func createDirectory(_ path: String) throws(FileError) {
        try base.createDirectory(path)
    }

    package func list(_ path: String) throws(FileError) -> [String] { try base.list(path) }
    package func exists(_ path: String) throws(FileError) -> Bool { try base.exists(path) }

    package func rename(_ source: String, to target: String) throws(FileError) {
        try base.rename(source, to: target)
    }

    package func removeFile(_ path: String) throws(FileError) { try base.removeFile(path) }
    package func removeTree(_ path: String) throws(FileError) { try base.removeTree(path) }

    package func syncDirectory(_ path: String) throws(FileError) {
        guard lie != .skipsDirectorySync else { return }
        try base.syncDirectory(path)
    }
}

/// The log file whose sync waits for the mark.
private final class PostponedSync: Sendable {
    private let file = Mutex<(any File)?>(nil)

    func put(_ next: any File) { file.withLock { $0 = next } }

    func perform() throws(FileError) {
        let waiting = file.withLock { file in
            defer { file = nil }
            return file
        }
        try waiting?.syncData()
    }
}

private final class LyingFile: File {
    private let base: any File
    private let path: String
    private let lie: LyingFileSystem.Lie
    private let postponed: PostponedSync
    private let late = Mutex<(bytes: [UInt8], offset: UInt64)?>(nil)
    /// Whether a frame was written last, and not the file's header.
    private let hasNewFrame = Mutex(false)

    init(
        _ base: any File, _ path: String, _ lie: LyingFileSystem.Lie, _ postponed: PostponedSync
    ) {
        self.base = base
        self.path = path
        self.lie = lie
        self.postponed = postponed
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(FileError) {
        if lie == .marksBeforeSync {
            try base.write(bytes, at: offset)
            hasNewFrame.withLock { $0 = path.hasSuffix(".log") && offset > 0 }
            if path.hasSuffix("/acknowledged") { try postponed.perform() }
            return
        }
        guard lie == .writesLate else { return try base.write(bytes, at: offset) }
        let copy = Array(bytes)
        let previous = late.withLock { late in
            defer { late = (copy, offset) }
            return late
        }
        guard let previous else { return }
        try previous.bytes.withUnsafeBufferPointer { (bytes) throws(FileError) in
            try base.write(UnsafeRawBufferPointer(bytes), at: previous.offset)
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(FileError)
        -> Int
    {
        try base.read(into: buffer, at: offset)
    }

    func size() throws(FileError) -> UInt64 { try base.size() }
    func truncate(to size: UInt64) throws(FileError) { try base.truncate(to: size) }

    func syncData() throws(FileError) {
        switch lie {
        case .skipsDataSync: return
        case .hidesSyncErrors: try? base.syncData()
        case .skipsDirectorySync, .writesLate: try base.syncData()
        case .marksBeforeSync where hasNewFrame.withLock({ $0 }): postponed.put(base)
        case .marksBeforeSync: try base.syncData()
        }
    }

    func close() {
        // A file that waits for its sync is closed by its deinit.
        if lie != .marksBeforeSync { base.close() }
    }
}

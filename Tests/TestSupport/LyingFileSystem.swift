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
    }

    private let base: any FileSystem
    private let lie: Lie

    package init(_ base: any FileSystem, _ lie: Lie) {
        self.base = base
        self.lie = lie
    }

    package func open(_ path: String, _ mode: OpenMode) throws(FileError) -> any File {
        LyingFile(try base.open(path, mode), lie)
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

private final class LyingFile: File {
    private let base: any File
    private let lie: LyingFileSystem.Lie
    private let late = Mutex<(bytes: [UInt8], offset: UInt64)?>(nil)

    init(_ base: any File, _ lie: LyingFileSystem.Lie) {
        self.base = base
        self.lie = lie
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(FileError) {
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
        }
    }

    func close() { base.close() }
}

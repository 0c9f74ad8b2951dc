/// Everything the storage asks of the operating system's files.
///
/// Storage code reaches the disk only through this port, so that a test can put a simulated
/// disk under it and fail, tear, reorder or forget any operation.
/// Paths are absolute or relative as given; separators are `/`.
package protocol FileSystem: Sendable {
    /// Opens a file for reading and writing.
    func open(_ path: String, _ mode: OpenMode) throws(FileError) -> any File
    /// Maps a whole file for reading. The file must not change while the map lives.
    func map(_ path: String) throws(FileError) -> any MappedFile
    /// Makes a directory and its missing parents. An existing one is fine.
    func createDirectory(_ path: String) throws(FileError)
    /// Names in a directory, sorted; empty when it does not exist.
    func list(_ path: String) throws(FileError) -> [String]
    func exists(_ path: String) throws(FileError) -> Bool
    /// The one absolute path of something that exists, without links in it. One without links
    /// gives back what it got.
    func realPath(_ path: String) throws(FileError) -> String
    func rename(_ source: String, to target: String) throws(FileError)
    /// Removes a file. A missing one is fine.
    func removeFile(_ path: String) throws(FileError)
    /// Removes a directory and all below it. A missing one is fine.
    func removeTree(_ path: String) throws(FileError)
    /// Makes renames, creations and removals in a directory durable.
    func syncDirectory(_ path: String) throws(FileError)
}

/// How `FileSystem.open` treats existence.
package enum OpenMode: Sendable {
    case existing
    case create
    /// Fails with `EEXIST` when the file exists.
    case createNew
    case readOnly
}

/// An open file. One thread at a time writes; reads may run beside each other.
package protocol File: Sendable {
    /// Writes all bytes at an offset.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(FileError)
    /// Reads up to `buffer.count` bytes; fewer only at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(FileError)
        -> Int
    func size() throws(FileError) -> UInt64
    func truncate(to size: UInt64) throws(FileError)
    /// Makes the file's data and size durable (`fdatasync`).
    func syncData() throws(FileError)
    /// Closes the file; later calls fail with `EBADF`.
    func close()
}

/// A failed call: which, on what, and the system's error number.
package struct FileError: Error, Sendable, CustomStringConvertible {
    package let operation: String
    package let path: String
    package let errno: Int32

    package init(_ operation: String, _ path: String, _ errno: Int32) {
        self.operation = operation
        self.path = path
        self.errno = errno
    }
}

extension FileError {
    /// Whether the disk, or the owner's share of it, is full.
    package var isOutOfSpace: Bool { errno == Self.noSpace || errno == Self.quotaExceeded }

    private static let noSpace: Int32 = 28
    private static let quotaExceeded: Int32 = 122
}

/// A whole file, read-only, for as long as the object lives, whatever becomes of its name.
/// It takes one file descriptor.
package protocol MappedFile: AnyObject, Sendable {
    var bytes: UnsafeRawBufferPointer { get }
    /// Reads up to `buffer.count` bytes; fewer only at the end of the file. A bad sector is an
    /// error here, where through `bytes` it would be a signal that ends the process.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(FileError)
        -> Int
    /// Says that these bytes will be read: the system may fetch all of them at once, meanwhile.
    func willRead(_ range: Range<Int>)
}

extension MappedFile {
    package func willRead(_ range: Range<Int>) {}
}

extension FileSystem {
    package func realPath(_ path: String) throws(FileError) -> String { path }

    /// Makes a directory and its missing parents, each durable in its own parent.
    ///
    /// An existing directory may have been made by a process that died before it synced the
    /// parent, so the parent is synced all the same. What is above it was synced before.
    package func createDurableDirectory(_ path: String) throws(FileError) {
        let parent = Self.directory(of: path)
        if !(try exists(path)) {
            try createDurableDirectory(parent)
            try createDirectory(path)
        }
        if parent != path { try syncDirectory(parent) }
    }
}

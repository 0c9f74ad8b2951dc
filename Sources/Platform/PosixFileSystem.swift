import Glibc
import Synchronization

extension FileError {
    /// The system's words for the error number; glibc keeps them in thread-local memory.
    package var description: String {
        let words = strerror(errno).map { String(cString: $0) } ?? "unknown error"
        return "\(operation) \(path): \(words) (errno \(errno))"
    }
}

/// The real disk.
package struct PosixFileSystem: FileSystem {
    package init() {}

    package func open(_ path: String, _ mode: OpenMode) throws(FileError) -> any File {
        let flags =
            switch mode {
            case .existing: O_RDWR
            case .create: O_RDWR | O_CREAT
            case .createNew: O_RDWR | O_CREAT | O_EXCL
            case .readOnly: O_RDONLY
            }
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError("open", path, errno) }
        return PosixFile(descriptor: descriptor, path: path)
    }

    package func map(_ path: String) throws(FileError) -> any MappedFile {
        try PosixMappedFile(path)
    }

    package func createDirectory(_ path: String) throws(FileError) {
        if mkdir(path, 0o700) == 0 { return }
        switch errno {
        case EEXIST: return
        case ENOENT:
            let parent = path.split(separator: "/", omittingEmptySubsequences: false)
                .dropLast().joined(separator: "/")
            guard !parent.isEmpty, parent != path else {
                throw FileError("mkdir", path, ENOENT)
            }
            try createDirectory(parent)
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
                throw FileError("mkdir", path, errno)
            }
        default: throw FileError("mkdir", path, errno)
        }
    }

    package func list(_ path: String) throws(FileError) -> [String] {
        guard let directory = opendir(path) else {
            if errno == ENOENT { return [] }
            throw FileError("opendir", path, errno)
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    package func exists(_ path: String) throws(FileError) -> Bool {
        if access(path, F_OK) == 0 { return true }
        guard errno == ENOENT || errno == ENOTDIR else { throw FileError("access", path, errno) }
        return false
    }

    package func realPath(_ path: String) throws(FileError) -> String {
        guard let resolved = realpath(path, nil) else { throw FileError("realpath", path, errno) }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    package func rename(_ source: String, to target: String) throws(FileError) {
        guard Glibc.rename(source, target) == 0 else { throw FileError("rename", source, errno) }
    }

    package func removeFile(_ path: String) throws(FileError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw FileError("unlink", path, errno) }
    }

    package func removeTree(_ path: String) throws(FileError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw FileError("lstat", path, errno)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { return try removeFile(path) }
        for name in try list(path) { try removeTree(path + "/" + name) }
        guard rmdir(path) == 0 || errno == ENOENT else { throw FileError("rmdir", path, errno) }
    }

    package func syncDirectory(_ path: String) throws(FileError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path, errno) }
        defer { _ = Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError("fsync", path, errno) }
    }
}

/// An open file descriptor, closed at the latest when the last reference goes.
final class PosixFile: File {
    private let descriptor: Atomic<Int32>
    private let path: String

    init(descriptor: Int32, path: String) {
        self.descriptor = Atomic(descriptor)
        self.path = path
    }

    deinit { close() }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let wrote = pwrite(
                descriptor.load(ordering: .relaxed), rest.baseAddress, rest.count,
                off_t(offset) + off_t(done))
            if wrote < 0 {
                if errno == EINTR { continue }
                throw FileError("pwrite", path, errno)
            }
            done += wrote
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(FileError)
        -> Int
    {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let got = pread(
                descriptor.load(ordering: .relaxed), rest.baseAddress, rest.count,
                off_t(offset) + off_t(done))
            if got < 0 {
                if errno == EINTR { continue }
                throw FileError("pread", path, errno)
            }
            if got == 0 { break }
            done += got
        }
        return done
    }

    /// Only advice: nothing depends on it, so its failure is none.
    func willRead(_ range: Range<Int>) {
        _ = posix_fadvise(
            descriptor.load(ordering: .relaxed), off_t(range.lowerBound), off_t(range.count),
            POSIX_FADV_WILLNEED)
    }

    func size() throws(FileError) -> UInt64 {
        var status = stat()
        guard fstat(descriptor.load(ordering: .relaxed), &status) == 0 else {
            throw FileError("fstat", path, errno)
        }
        return UInt64(status.st_size)
    }

    func truncate(to size: UInt64) throws(FileError) {
        guard ftruncate(descriptor.load(ordering: .relaxed), off_t(size)) == 0 else {
            throw FileError("ftruncate", path, errno)
        }
    }

    func syncData() throws(FileError) {
        guard fdatasync(descriptor.load(ordering: .relaxed)) == 0 else {
            throw FileError("fdatasync", path, errno)
        }
    }

    func close() {
        let open = descriptor.exchange(-1, ordering: .acquiringAndReleasing)
        if open >= 0 { _ = Glibc.close(open) }
    }
}

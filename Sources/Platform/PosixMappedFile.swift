import Glibc

/// A file mapped by the kernel, and its descriptor to read it with.
final class PosixMappedFile: MappedFile, @unchecked Sendable {
    // Safe to share: the mapping is read-only and lives as long as the object.
    let bytes: UnsafeRawBufferPointer
    private let file: PosixFile

    init(_ path: String) throws(FileError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path, errno) }
        file = PosixFile(descriptor: descriptor, path: path)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError("fstat", path, errno) }
        let size = Int(status.st_size)
        guard size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let start = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0),
            start != MAP_FAILED
        else { throw FileError("mmap", path, errno) }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(FileError)
        -> Int
    {
        try file.read(into: buffer, at: offset)
    }

    func willRead(_ range: Range<Int>) { file.willRead(range) }

    deinit {
        if let start = bytes.baseAddress {
            munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
        }
    }
}

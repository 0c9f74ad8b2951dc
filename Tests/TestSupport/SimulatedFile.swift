import Glibc
import Platform
import Synchronization

/// An open file of a simulated file system.
final class SimulatedFile: File {
    private let fileSystem: SimulatedFileSystem
    private let inode: Int
    private let path: String
    private let isWritable: Bool
    private let isClosed = Atomic(false)

    init(fileSystem: SimulatedFileSystem, inode: Int, path: String, mode: OpenMode) {
        self.fileSystem = fileSystem
        self.inode = inode
        self.path = path
        if case .readOnly = mode { isWritable = false } else { isWritable = true }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(FileError) {
        try checkOpen("write", writing: true)
        let copy = Array(bytes)
        let offset = Int(offset)
        try fileSystem.perform(
            .write, path,
            onFailure: { [inode] disk in
                let half = Array(copy.prefix(copy.count / 2))
                disk.changeFile(inode) { $0.change(.write(offset: offset, bytes: half)) }
            }
        ) { [inode] (disk, _) throws(FileError) in
            disk.changeFile(inode) { $0.change(.write(offset: offset, bytes: copy)) }
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(FileError)
        -> Int
    {
        try checkOpen("read", writing: false)
        let wanted = buffer.count
        let bytes = try fileSystem.perform(.read, path) {
            [inode] (disk, isShort) throws(FileError) -> [UInt8] in
            let all = disk.file(inode).cached
            let start = min(Int(offset), all.count)
            let found = all[start..<min(start + wanted, all.count)]
            return Array(isShort ? found.prefix(found.count / 2) : found)
        }
        buffer.copyBytes(from: bytes)
        return bytes.count
    }

    func size() throws(FileError) -> UInt64 {
        try checkOpen("size", writing: false)
        return try fileSystem.perform(.size, path) { [inode] (disk, _) throws(FileError) in
            UInt64(disk.file(inode).cached.count)
        }
    }

    func truncate(to size: UInt64) throws(FileError) {
        try checkOpen("truncate", writing: true)
        try fileSystem.perform(.truncate, path) { [inode] (disk, _) throws(FileError) in
            disk.changeFile(inode) { $0.change(.truncate(size: Int(size))) }
        }
    }

    func syncData() throws(FileError) {
        try checkOpen("syncData", writing: false)
        try fileSystem.perform(
            .syncData, path,
            onFailure: { [inode] disk in disk.changeFile(inode) { $0.failSync() } }
        ) { [inode] (disk, _) throws(FileError) in
            disk.changeFile(inode) { $0.sync() }
        }
    }

    func close() { isClosed.store(true, ordering: .relaxed) }

    private func checkOpen(_ call: String, writing: Bool) throws(FileError) {
        guard !isClosed.load(ordering: .relaxed), isWritable || !writing else {
            throw FileError(call, path, EBADF)
        }
    }
}

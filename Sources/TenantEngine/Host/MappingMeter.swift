import Platform
import Synchronization

/// Counts the files that are mapped, and so their descriptors, and their bytes.
final class MappingMeter: Sendable {
    private let fileCount = Atomic(0)
    private let byteCount = Atomic(0)

    var files: Int { fileCount.load(ordering: .relaxed) }
    var bytes: Int { byteCount.load(ordering: .relaxed) }

    fileprivate func add(_ bytes: Int) {
        fileCount.wrappingAdd(1, ordering: .relaxed)
        byteCount.wrappingAdd(bytes, ordering: .relaxed)
    }

    fileprivate func remove(_ bytes: Int) {
        fileCount.wrappingSubtract(1, ordering: .relaxed)
        byteCount.wrappingSubtract(bytes, ordering: .relaxed)
    }
}

/// A file system whose maps are counted.
struct MeteredFileSystem: FileSystem {
    let base: any FileSystem
    let meter: MappingMeter

    func map(_ path: String) throws(FileError) -> any MappedFile {
        MeteredMap(try base.map(path), meter)
    }

    func open(_ path: String, _ mode: OpenMode) throws(FileError) -> any File {
        try base.open(path, mode)
    }

    func createDirectory(_ path: String) throws(FileError) { try base.createDirectory(path) }
    func list(_ path: String) throws(FileError) -> [String] { try base.list(path) }
    func exists(_ path: String) throws(FileError) -> Bool { try base.exists(path) }
    func realPath(_ path: String) throws(FileError) -> String { try base.realPath(path) }

    func rename(_ source: String, to target: String) throws(FileError) {
        try base.rename(source, to: target)
    }

    func removeFile(_ path: String) throws(FileError) { try base.removeFile(path) }
    func removeTree(_ path: String) throws(FileError) { try base.removeTree(path) }
    func syncDirectory(_ path: String) throws(FileError) { try base.syncDirectory(path) }
}

private final class MeteredMap: MappedFile {
    private let base: any MappedFile
    private let meter: MappingMeter
    private let byteCount: Int

    init(_ base: any MappedFile, _ meter: MappingMeter) {
        self.base = base
        self.meter = meter
        byteCount = base.bytes.count
        meter.add(byteCount)
    }

    deinit { meter.remove(byteCount) }

    var bytes: UnsafeRawBufferPointer { base.bytes }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(FileError)
        -> Int
    {
        try base.read(into: buffer, at: offset)
    }

    func willRead(_ range: Range<Int>) { base.willRead(range) }
}

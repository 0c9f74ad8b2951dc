import Glibc
import Platform
import TestSupport
import Testing

/// Every file system keeps the same promises; the simulated one must not be a different thing.
@Suite("File systems")
struct FileSystemTests {
    private let directory = TemporaryDirectory()

    private func all() throws -> [(any FileSystem, String)] {
        let simulated = SimulatedFileSystem()
        try simulated.createDirectory("/root")
        return [(PosixFileSystem(), directory.path), (simulated, "/root")]
    }

    @Test("what is written at an offset is read back there, and a read ends at the end")
    func readsBackWhatIsWritten() throws {
        for (fileSystem, root) in try all() {
            let file = try fileSystem.open(root + "/file", .create)
            try write("hello", to: file, at: 3)
            #expect(try file.size() == 8)
            #expect(try read(file, at: 0, count: 100) == [0, 0, 0] + Array("hello".utf8))
            try file.truncate(to: 4)
            #expect(try read(file, at: 3, count: 10) == Array("h".utf8))
            try file.syncData()
        }
    }

    @Test("open modes respect existence, and errors carry the system's number")
    func respectsOpenModes() throws {
        for (fileSystem, root) in try all() {
            #expect(number { _ = try fileSystem.open(root + "/none", .existing) } == ENOENT)
            _ = try fileSystem.open(root + "/new", .createNew)
            #expect(number { _ = try fileSystem.open(root + "/new", .createNew) } == EEXIST)
            #expect(number { _ = try fileSystem.map(root + "/none") } == ENOENT)
            let readOnly = try fileSystem.open(root + "/new", .readOnly)
            #expect(number { try write("x", to: readOnly, at: 0) } == EBADF)
        }
    }

    @Test("directories are made with their parents, listed sorted, renamed into and removed")
    func keepsDirectories() throws {
        for (fileSystem, root) in try all() {
            try fileSystem.createDurableDirectory(root + "/a/b")
            for name in ["y", "x"] { _ = try fileSystem.open(root + "/a/b/" + name, .create) }
            #expect(try fileSystem.list(root + "/a/b") == ["x", "y"])
            try fileSystem.rename(root + "/a/b/x", to: root + "/a/b/y")
            #expect(try fileSystem.list(root + "/a/b") == ["y"])
            try fileSystem.syncDirectory(root + "/a/b")
            try fileSystem.removeFile(root + "/a/b/none")
            try fileSystem.removeTree(root + "/a")
            #expect(try fileSystem.exists(root + "/a") == false)
            #expect(try fileSystem.list(root + "/a") == [])
        }
    }

    @Test("a map shows the file's bytes after the file is removed, and reads them")
    func mapsOutliveTheName() throws {
        for (fileSystem, root) in try all() {
            try write("mapped", to: try fileSystem.open(root + "/m", .create), at: 0)
            let map = try fileSystem.map(root + "/m")
            try fileSystem.removeFile(root + "/m")
            #expect(Array(map.bytes) == Array("mapped".utf8))
            var found = [UInt8](repeating: 0, count: 10)
            let count = try found.withUnsafeMutableBytes { try map.read(into: $0, at: 3) }
            #expect(found.prefix(count) == Array("ped".utf8)[...])
        }
    }

    private func write(_ text: String, to file: any File, at offset: UInt64) throws {
        let bytes = Array(text.utf8)
        try bytes.withUnsafeBytes { try file.write($0, at: offset) }
    }

    private func read(_ file: any File, at offset: UInt64, count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0xFF, count: count)
        let got = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }
        return Array(bytes.prefix(got))
    }

    private func number(_ call: () throws -> Void) -> Int32? {
        do { try call() } catch { return (error as? FileError)?.errno }
        return nil
    }
}

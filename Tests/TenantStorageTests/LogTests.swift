import ChromaModel
import Platform
import TenantStorage
import TestSupport
import Testing

@Suite("The log")
struct LogTests {
    @Test("what was appended is replayed in order, across files and reopenings")
    func replays() throws {
        let disk = try LogScript.emptyDisk()
        let outcome = LogScript.standard.run(on: disk)
        #expect(outcome.unknown.isEmpty)
        #expect(try LogScript.replay(disk).0 == outcome.acknowledged)
        #expect(disk.filePaths.count > 3)
    }

    @Test("the real disk gives the same")
    func realDisk() throws {
        let root = "/tmp/tessera-log-\(SystemRandomSource().next())"
        let fileSystem = PosixFileSystem()
        defer { try? fileSystem.removeTree(root) }
        try fileSystem.createDirectory(root)
        let entries = (0..<9).map { LogScript.entry($0, bytes: 900) }
        var end = LogEnd.empty
        var found: [LogPosition] = []
        for entry in entries {
            let log = try LogWriter(
                fileSystem: fileSystem, directory: root + "/log", tenant: LogScript.tenant,
                end: end, fileBytesMax: 2_000)
            _ = try log.append([entry])
            log.close()
            let reader = LogReader(
                fileSystem: fileSystem, directory: root + "/log", tenant: LogScript.tenant)
            found = []
            end = try reader.replay { (position, _) throws(StorageError) in
                found.append(position)
            }
        }
        #expect(found.map(\.value) == Array(1...9))
        #expect(end.fileNumber > 2)
    }

    @Test("a missing directory is an empty log")
    func empty() throws {
        let (entries, end) = try LogScript.replay(SimulatedFileSystem())
        #expect(entries.isEmpty && end == .empty)
    }

    @Test("append returns the position of its first entry")
    func positions() throws {
        let (log, _) = try LogScript.open(LogScript.emptyDisk())
        let entry = LogScript.entry(0, bytes: 10)
        #expect(try log.append([entry, entry]).value == 1)
        #expect(try log.append([entry]).value == 3)
        #expect(log.end.last.value == 3)
    }

    @Test("a file missing from the middle is named, not skipped")
    func missingFile() throws {
        let disk = try LogScript.emptyDisk()
        _ = LogScript.standard.run(on: disk)
        try disk.removeFile(LogScript.directory + "/00000002.log")
        #expect(throws: StorageError.self) { try LogScript.replay(disk) }
    }

    @Test("files that are no log files are left alone")
    func strangers() throws {
        let disk = try LogScript.emptyDisk()
        let outcome = LogScript.standard.run(on: disk)
        let strangers = ["1.log", "00000001.log.tmp", "000000001.log", "x.log", "lost+found"]
        for name in strangers {
            _ = try disk.open(LogScript.directory + "/" + name, .create)
        }
        #expect(try LogScript.replay(disk).0 == outcome.acknowledged)
        let names = try disk.list(LogScript.directory)
        #expect(strangers.allSatisfy(names.contains))
    }

    @Test("another tenant's log is refused")
    func foreignTenant() throws {
        let disk = try LogScript.emptyDisk()
        _ = LogScript.standard.run(on: disk)
        let other = TenantID(UniqueID(high: 1, low: 2))
        let reader = LogReader(fileSystem: disk, directory: LogScript.directory, tenant: other)
        #expect(throws: StorageError.self) { try reader.replay { _, _ in } }
    }

    @Test("a log of a newer format is refused by name and left untouched")
    func newerFormat() throws {
        let disk = try LogScript.emptyDisk()
        _ = LogScript.standard.run(on: disk)
        let path = LogScript.directory + "/00000001.log"
        disk.flipBit(8 * 8 + 1, of: path)
        let before = disk.contents(path)
        let error = #expect(throws: StorageError.self) { try LogScript.replay(disk) }
        #expect("\(try #require(error))".contains("newer version"))
        #expect(disk.contents(path) == before)
    }

    @Test("a short read is an error, never a torn end that is cut off")
    func shortRead() throws {
        let disk = try LogScript.emptyDisk()
        let outcome = LogScript.standard.run(on: disk)
        for read in 1...disk.filePaths.count(where: { $0.hasSuffix(".log") }) {
            disk.use(.shortRead(at: read))
            #expect(throws: StorageError.self) { try LogScript.replay(disk) }
            disk.use(.none)
            #expect(try LogScript.replay(disk).0 == outcome.acknowledged)
        }
    }
}

import Access
import ChromaModel
import Foundation
import Platform
import TestSupport
import Testing

@testable import TenantEngine

@Suite("A tenant's files with damaged bits")
struct EngineBitFlipTests {
    private struct Tally {
        var (detected, harmless) = (0, 0)
        var wrong: [Int] = []
    }

    /// Every n-th bit is flipped; all of them with `FLIP_STRIDE=1`.
    private static let stride =
        ProcessInfo.processInfo.environment["FLIP_STRIDE"].flatMap(Int.init) ?? 11

    @Test("every flipped bit of log, checkpoint and segments is detected or harmless")
    func everyFile() async throws {
        let script = try await EngineScript.standard()
        let expected = try await script.expectations()
        let disk = SimulatedFileSystem()
        let world = try await EngineWorld(on: disk, scope: script.scope)
        for step in script.steps {
            if case .seal = step { try await world.seal() }
            try await script.perform(step, on: world.host)
        }
        await world.host.close()
        let whole = expected[script.steps.count]
        for ending in ["/acknowledged", ".checkpoint", ".log", ".seg"] {
            #expect(disk.filePaths.contains { $0.hasSuffix(ending) })
        }
        for path in disk.filePaths {
            var tally = Tally()
            for bit in Swift.stride(
                from: 0, to: (disk.contents(path)?.count ?? 0) * 8, by: Self.stride)
            {
                let damaged = disk.kill()
                damaged.flipBit(bit, of: path)
                switch try? EngineScript.text(on: damaged, script.scope) {
                case nil: tally.detected += 1
                case whole?: tally.harmless += 1
                default: tally.wrong.append(bit)
                }
            }
            print(
                "\(path.suffix(24)): \(tally.detected) detected, \(tally.harmless) harmless,"
                    + " \(tally.wrong.count) silent")
            #expect(tally.wrong.isEmpty, "\(path): bits \(tally.wrong.prefix(5))")
        }
    }

    @Test("an acknowledged write that the log lost is noticed, catalog or not")
    func lostEnd() async throws {
        let directory = TemporaryDirectory()
        let world = try await EngineWorld(on: PosixFileSystem(), directory: directory.path)
        let id = try await world.createCollection("kept").id
        try await world.write(.add, .of(["1"]), to: id)
        await world.restart()
        let root = directory.path + "/\(world.scope.tenant)"
        for suffix in ["", "-wal", "-shm"] {
            try PosixFileSystem().removeFile(root + "/catalog.sqlite" + suffix)
        }
        let file = try PosixFileSystem().open(root + "/log/00000001.log", .existing)
        try [UInt8(0xFF)].withUnsafeBytes { try file.write($0, at: try file.size() - 1) }
        let error = await #expect(throws: ServiceError.self) {
            try await world.host.countCollections(in: world.scope)
        }
        #expect(error?.code == .unavailable)
        await world.host.close()
    }

    @Test("a damaged or missing catalog is made anew from the log")
    func catalogIsDerived() async throws {
        let directory = TemporaryDirectory()
        let world = try await EngineWorld(on: PosixFileSystem(), directory: directory.path)
        let id = try await world.createCollection("kept").id
        try await world.write(.add, .of(["1"]), to: id)
        let catalog = directory.path + "/\(world.scope.tenant)/catalog.sqlite"
        for damage in [Array("no database at all".utf8), [UInt8](repeating: 0x5A, count: 9_000)] {
            await world.host.close()
            let fileSystem = PosixFileSystem()
            for suffix in ["-wal", "-shm"] { try fileSystem.removeFile(catalog + suffix) }
            let file = try fileSystem.open(catalog, .create)
            try file.truncate(to: 0)
            try damage.withUnsafeBytes { try file.write($0, at: 0) }
            await world.restart()
            #expect(try await world.ids(id) == ["1"])
        }
        await world.host.close()
        try PosixFileSystem().removeFile(catalog)
        await world.restart()
        #expect(try await world.ids(id) == ["1"])
        #expect(try PosixFileSystem().exists(catalog))
        await world.host.close()
    }
}

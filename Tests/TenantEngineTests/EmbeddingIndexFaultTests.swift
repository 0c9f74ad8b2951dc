import ChromaModel
import Foundation
import Glibc
import Platform
import TestSupport
import Testing
import VectorIndex

@testable import TenantEngine

/// An index is derived: no fault of its file may change an answer or refuse one.
@Suite("Indexes on a failing disk")
struct EmbeddingIndexFaultTests {
    private static let flips =
        ProcessInfo.processInfo.environment["FLIP_STRIDE"].flatMap(Int.init) == 1 ? 2000 : 40

    /// A disk with a sealed collection and its index, and the world that made it, closed.
    private static func indexedDisk() async throws -> (SimulatedFileSystem, IndexedWorld) {
        let disk = SimulatedFileSystem()
        let indexed = try await IndexedWorld(on: disk, sizeClass: .codes)
        try await indexed.write(0..<300)
        try await indexed.seal()
        await indexed.world.host.close()
        return (disk, indexed)
    }

    @Test("a flipped bit costs the index alone, which is built anew")
    func flippedBits() async throws {
        let (disk, indexed) = try await Self.indexedDisk()
        let path = try #require(IndexedWorld.indexFiles(disk).first)
        let whole = try #require(disk.contents(path))
        let query = indexed.vector()
        let expected = [indexed.nearest(to: query)]
        let step = max(1, whole.count * 8 / Self.flips)
        for bit in stride(from: 0, to: whole.count * 8, by: step) {
            let damaged = disk.kill()
            damaged.flipBit(bit, of: path)
            await indexed.world.restart(on: damaged)
            #expect(try await indexed.query([query]) == expected, "bit \(bit)")
            try await indexed.settle()
            #expect(damaged.contents(path) == whole, "bit \(bit)")
            #expect(try await indexed.indexes().count == 1)
        }
        await indexed.world.host.close()
    }

    @Test("a cut or empty file costs the index alone", arguments: [0, 1, 100, 128, 5000])
    func cutFile(bytes: Int) async throws {
        let (disk, indexed) = try await Self.indexedDisk()
        let path = try #require(IndexedWorld.indexFiles(disk).first)
        let file = try disk.open(path, .existing)
        try file.truncate(to: UInt64(bytes))
        file.close()
        await indexed.world.restart()
        let query = indexed.vector()
        #expect(try await indexed.query([query]) == [indexed.nearest(to: query)])
        try await indexed.settle()
        #expect(try await indexed.indexes().count == 1)
        await indexed.world.host.close()
    }

    @Test("a crash at any step of a build leaves right answers and no orphan")
    func crashes() async throws {
        let (whole, indexed) = try await Self.indexedDisk()
        let path = try #require(IndexedWorld.indexFiles(whole).first)
        try whole.removeFile(path)
        try whole.syncDirectory(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
        let query = indexed.vector()
        let expected = [indexed.nearest(to: query)]
        func build(on disk: SimulatedFileSystem) async throws {
            await indexed.world.restart(on: disk)
            #expect(try await indexed.query([query]) == expected)
            try await indexed.settle()
        }
        let trial = whole.kill()
        try await build(on: trial)
        let first = try #require(trial.trace.firstIndex { $0.contains(".idx.tmp") })
        let last = try #require(trial.trace.lastIndex { $0.contains(".idx") })
        var states = 0
        for point in first...(last + 1) {
            let disk = whole.kill()
            disk.use(.stop(after: point))
            try await build(on: disk)
            for left in [disk.kill()] + (0..<4).map({ disk.crash(seed: $0) }) {
                states += 1
                try await build(on: left)
                #expect(IndexedWorld.indexFiles(left) == [path], "operation \(point)")
                #expect(try await indexed.indexes().count == 1)
            }
        }
        print("index builds: \(last + 2 - first) points, \(states) states")
        await indexed.world.host.close()
    }

    @Test("a disk that takes no index is searched without", arguments: [EIO, ENOSPC])
    func refusedWrites(errno: Int32) async throws {
        let disk = SimulatedFileSystem()
        let indexed = try await IndexedWorld(on: disk, sizeClass: .codes)
        disk.use(.failAll(.write, path: ".idx", errno: errno))
        try await indexed.write(0..<300)
        try await indexed.seal()
        #expect(try await indexed.indexes().isEmpty)
        #expect(IndexedWorld.indexFiles(disk).isEmpty)
        let query = indexed.vector()
        #expect(try await indexed.query([query]) == [indexed.nearest(to: query)])
        try await indexed.write(300..<310)
        try await indexed.seal()
        #expect(try await indexed.query([query]) == [indexed.nearest(to: query)])
        await indexed.world.host.close()
    }
}

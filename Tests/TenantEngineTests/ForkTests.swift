import Access
import ChromaModel
import Platform
import TestSupport
import Testing

@testable import TenantEngine

@Suite("Forks")
struct ForkTests {
    private func name(_ text: String) -> CollectionName { CollectionName(text) }

    @Test("a fork has what its source had, sealed or not, and then goes its own way")
    func isolation() async throws {
        let engine = try await EngineFixture()
        let source = try await engine.create("source")
        try await engine.upsert(["sealed", "both"], to: source)
        try await engine.seal()
        try await engine.upsert(["tail"], to: source)
        let fork = try await engine.host.forkCollection(source, as: name("fork"), in: engine.scope)
        #expect(fork.name == name("fork"))
        #expect(fork.version == 0)
        #expect(fork.dimension == 1)
        #expect(fork.logPosition == 3)
        try await engine.upsert(["mine"], to: fork.id)
        try await engine.delete(["both"], from: fork.id)
        try await engine.delete(["tail"], from: source)
        let (ofSource, ofFork) = (["sealed", "both"], ["sealed", "tail", "mine"])
        #expect(try await engine.ids(source) == ofSource)
        #expect(try await engine.ids(fork.id) == ofFork)
        await engine.restart()
        #expect(try await engine.ids(source) == ofSource)
        #expect(try await engine.ids(fork.id) == ofFork)
        try await engine.seal()
        await engine.restart()
        #expect(try await engine.ids(source) == ofSource)
        #expect(try await engine.ids(fork.id) == ofFork)
        await engine.close()
    }

    @Test("what was shared in memory is shared on disk, and each keeps its own deletions")
    func sharesSegments() async throws {
        let engine = try await EngineFixture()
        let source = try await engine.create("source")
        try await engine.upsert((0..<50).map { "r\($0)" }, to: source)
        let fork = try await engine.host.forkCollection(source, as: name("fork"), in: engine.scope)
        try await engine.delete(["r0", "r1"], from: source)
        try await engine.delete(["r1", "r2"], from: fork.id)
        try await engine.seal()
        let used = try await [source, fork.id].asyncMap { try await engine.segmentRows($0) }
        #expect(used[0] == used[1])
        // r1 is gone for both, r0 and r2 for one each.
        #expect(used[0].map(\.rowCount) == [49])
        await engine.restart()
        #expect(try await engine.ids(source).count == 48)
        #expect(try await engine.ids(fork.id).first == "r0")
        #expect(try await engine.segmentRows(source) == used[0])
        await engine.close()
    }

    @Test("segments live as long as someone reads them, and no longer")
    func garbage() async throws {
        let engine = try await EngineFixture()
        let source = try await engine.create("source")
        try await engine.upsert((0..<50).map { "r\($0)" }, to: source)
        try await engine.seal()
        let fork = try await engine.host.forkCollection(source, as: name("fork"), in: engine.scope)
        try await engine.host.deleteCollection(named: name("source"), in: engine.scope)
        try await engine.seal()
        #expect(try await engine.ids(fork.id).count == 50)
        await engine.restart()
        #expect(try await engine.ids(fork.id).count == 50)
        #expect(try engine.segmentFiles().count == 1)
        try await engine.host.deleteCollection(named: name("fork"), in: engine.scope)
        try await engine.seal()
        #expect(try engine.segmentFiles().isEmpty)
        await engine.close()
    }

    @Test("a fork made while its source is being sealed keeps its rows")
    func forkWhileSealing() async throws {
        let engine = try await EngineFixture()
        let source = try await engine.create("source")
        for round in 0..<40 {
            try await engine.upsert(["a\(round)", "b\(round)"], to: source)
            try await engine.delete(["a\(round)"], from: source)
            let host = engine.host
            let scope = engine.scope
            async let sealed: Void = try host.engine(for: scope.tenant).seal()
            let fork = try await host.forkCollection(source, as: name("fork\(round)"), in: scope)
            try await sealed
            try await engine.seal()
            if round % 8 == 0 { await engine.restart() }
            #expect(try await engine.ids(fork.id) == (0...round).map { "b\($0)" })
            if round % 3 == 0 {
                try await engine.host.deleteCollection(named: fork.name, in: scope)
            }
        }
        await engine.restart()
        for round in 0..<40 where round % 3 != 0 {
            let fork = try await engine.host.collection(
                named: name("fork\(round)"), in: engine.scope)
            #expect(try await engine.ids(fork.id).count == round + 1)
        }
        await engine.close()
    }

    @Test("the whole tree has one count, deleted forks in it, through restarts")
    func lineage() async throws {
        let engine = try await EngineFixture()
        let root = try await engine.create("root")
        let scope = engine.scope
        #expect(try await engine.host.forkCount(root, in: scope) == 0)
        let child = try await engine.host.forkCollection(root, as: name("child"), in: scope).id
        let grandchild = try await engine.host.forkCollection(
            child, as: name("grandchild"), in: scope
        ).id
        try await engine.host.deleteCollection(named: name("child"), in: scope)
        for isSealed in [false, true] {
            if isSealed { try await engine.seal() }
            await engine.restart()
            #expect(try await engine.host.forkCount(root, in: scope) == 2)
            #expect(try await engine.host.forkCount(grandchild, in: scope) == 2)
        }
        try await engine.host.deleteCollection(named: name("root"), in: scope)
        let gone = await #expect(throws: ServiceError.self) {
            try await engine.host.forkCount(grandchild, in: scope)
        }
        #expect(gone?.code == .notFound)
        await engine.close()
    }

    @Test("a tree takes 256 forks, also when many are asked for at once")
    func limit() async throws {
        let engine = try await EngineFixture()
        let root = try await engine.create("root")
        let (host, scope) = (engine.host, engine.scope)
        let refused = await withTaskGroup(of: ServiceError?.self) { tasks in
            for index in 0..<260 {
                tasks.addTask {
                    do {
                        let name = CollectionName("fork\(index)")
                        _ = try await host.forkCollection(root, as: name, in: scope)
                        return nil
                    } catch { return error as? ServiceError }
                }
            }
            return await tasks.reduce(into: []) { $0.append($1) }.compactMap { $0 }
        }
        #expect(refused.count == 4)
        #expect(refused.allSatisfy { $0.code == .unprocessable })
        #expect(
            refused.first?.message
                == "Quota exceeded: 'Number of forks' exceeded quota limit for action "
                + "'Fork Collection': current usage of 257 exceeds limit of 256")
        #expect(try await host.forkCount(root, in: scope) == 256)
        await engine.close()
    }

    @Test("taken names and missing sources are refused")
    func refusals() async throws {
        let engine = try await EngineFixture()
        let source = try await engine.create("source")
        let taken = await #expect(throws: ServiceError.self) {
            try await engine.host.forkCollection(source, as: name("source"), in: engine.scope)
        }
        #expect(taken?.code == .alreadyExists)
        let nowhere = CollectionID(UniqueID(high: 1, low: 2))
        let missing = await #expect(throws: ServiceError.self) {
            try await engine.host.forkCollection(nowhere, as: name("fork"), in: engine.scope)
        }
        #expect(missing?.code == .notFound)
        await engine.close()
    }
}

extension Array where Element: Sendable {
    fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows
        -> [Value]
    {
        var values: [Value] = []
        for element in self { values.append(try await body(element)) }
        return values
    }
}

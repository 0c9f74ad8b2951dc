import Access
import ChromaModel
import Logging
import Platform
import Synchronization
import TestSupport
import Testing

@testable import TenantEngine

@Suite("Tenants open at once")
struct OpenTenantsTests {
    private static func host(
        on disk: any FileSystem, time: any TimeSource = SystemTimeSource(),
        _ configure: (inout EngineConfiguration) -> Void
    ) -> TenantEngineHost {
        var configuration = EngineConfiguration(
            directory: EngineWorld.simulatedRoot, searchThreads: 2, ioThreads: 2)
        configuration.sealQuietNanoseconds = 1 << 60
        configuration.openWaitNanoseconds = 120_000_000_000
        configure(&configuration)
        return TenantEngineHost(
            configuration: configuration, fileSystem: disk, time: time,
            random: SystemRandomSource(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private static func scopes(_ count: Int) async throws -> [DatabaseScope] {
        let scopes = try TestScopes()
        var all: [DatabaseScope] = []
        for index in 0..<count {
            all.append(try await scopes.database("db_\(index)", tenant: "tenant_\(index)"))
        }
        return all
    }

    /// What each tenant's collection must hold, and no request may fail, while tenants are
    /// opened and closed all the time.
    @Test(
        "requests to more tenants than may be open all succeed, and the cap holds",
        arguments: [1, 3, 7])
    func capHolds(cap: Int) async throws {
        let disk = HandleCountingFileSystem(SimulatedFileSystem())
        let seed = UInt64(cap) * 1001
        let random = SeededRandom(seed: seed)
        let scopes = try await Self.scopes(12)
        let host = Self.host(on: disk) {
            $0.tenantsOpenMax = cap
            // Seals get in the way of closing, too.
            $0.sealQuietNanoseconds = 2_000_000
        }
        var ids: [CollectionID] = []
        for scope in scopes {
            ids.append(
                try await host.createCollection(.named("c"), getOrCreate: false, in: scope).id)
        }
        await withTaskGroup(of: Void.self) { group in
            for client in 0..<16 {
                group.addTask { [ids] in
                    for index in 0..<15 {
                        let tenant = random.below(12)
                        let (id, scope) = (ids[tenant], scopes[tenant])
                        let record = "\(client).\(index)"
                        await #expect(throws: Never.self, "seed \(seed)") {
                            try await host.write(.of([record]), as: .add, to: id, in: scope)
                            let selection = RecordSelection(ids: [RecordID(record)])
                            let request = GetRequest(selection: selection)
                            let found = try await host.get(request, from: id, in: scope)
                            #expect(found.map(\.id.value) == [record])
                        }
                    }
                }
            }
        }
        var count = 0
        for (id, scope) in zip(ids, scopes) { count += try await host.count(id, in: scope) }
        #expect(count == 16 * 15)
        #expect(disk.tenantsMax <= cap, "seed \(seed)")
        await host.close()
        #expect(disk.tenants == 0)
    }

    @Test("the longest unused is closed for the next, one in use never")
    func leastRecentlyUsed() async throws {
        let time = ManualTimeSource()
        let scopes = try await Self.scopes(4)
        let host = Self.host(on: SimulatedFileSystem(), time: time) {
            $0.tenantsOpenMax = 2
        }
        func isOpen(_ index: Int) -> Bool {
            host.state.withLock { $0.slots[scopes[index].tenant]?.engine != nil }
        }
        for index in [0, 1, 0] {
            time.advance(seconds: 1)
            _ = try await host.countCollections(in: scopes[index])
        }
        time.advance(seconds: 1)
        _ = try await host.countCollections(in: scopes[2])
        #expect(isOpen(0) && !isOpen(1) && isOpen(2))
        try await host.withEngine(for: scopes[0].tenant) { _ in
            time.advance(seconds: 1)
            _ = try await host.countCollections(in: scopes[3])
            #expect(isOpen(0) && !isOpen(2) && isOpen(3))
        }
        await host.close()
    }

    @Test("with all in use the next one waits, and is refused in the end")
    func allInUse() async throws {
        let scopes = try await Self.scopes(2)
        let host = Self.host(on: SimulatedFileSystem()) {
            $0.tenantsOpenMax = 1
            $0.openWaitNanoseconds = 1_000_000
        }
        try await host.withEngine(for: scopes[0].tenant) { _ in
            let error = await #expect(throws: ServiceError.self) {
                try await host.countCollections(in: scopes[1])
            }
            #expect(error?.code == .resourceExhausted)
        }
        await host.close()
    }

    @Test("a tenant that nobody uses is closed after a while, and opens again when asked")
    func idle() async throws {
        let time = ManualTimeSource()
        let disk = HandleCountingFileSystem(SimulatedFileSystem())
        let scopes = try await Self.scopes(2)
        let host = Self.host(on: disk, time: time) {
            $0.tenantIdleNanoseconds = 60_000_000_000
        }
        var ids: [CollectionID] = []
        for scope in scopes {
            let id = try await host.createCollection(.named("c"), getOrCreate: false, in: scope).id
            try await host.write(.of(["kept"]), as: .add, to: id, in: scope)
            ids.append(id)
        }
        #expect(disk.tenants == 2)
        time.advance(seconds: 40)
        _ = try await host.count(ids[0], in: scopes[0])
        time.advance(seconds: 30)
        host.sweep()
        while disk.tenants > 1 { await Task.yield() }
        #expect(host.state.withLock { $0.slots[scopes[0].tenant]?.engine != nil })
        #expect(try await host.count(ids[1], in: scopes[1]) == 1)
        await host.close()
    }

    @Test("unused tenants are closed when too much is mapped", arguments: [true, false])
    func mapped(byBytes: Bool) async throws {
        let scopes = try await Self.scopes(6)
        let host = Self.host(on: SimulatedFileSystem()) {
            if byBytes { $0.mappedBytesMax = 20_000 } else { $0.mappedFilesMax = 2 }
        }
        func isOver() -> Bool {
            byBytes ? host.mappings.bytes > 20_000 : host.mappings.files > 2
        }
        for scope in scopes {
            let id = try await host.createCollection(.named("c"), getOrCreate: false, in: scope).id
            let rows = (0..<10).map { "\($0)" }
            let embeddings = rows.map { _ in [Float](repeating: 1, count: 200) }
            try await host.write(.of(rows, embeddings), as: .add, to: id, in: scope)
            try await host.engine(for: scope.tenant).seal()
            #expect(try await host.count(id, in: scope) == 10)
        }
        while isOver() {
            _ = try await host.countCollections(in: scopes[0])
            await Task.yield()
        }
        await host.close()
        #expect(host.mappings.bytes == 0 && host.mappings.files == 0)
    }

    @Test("a tenant whose log failed mends without a request")
    func mends() async throws {
        let disk = SimulatedFileSystem()
        let scopes = try await Self.scopes(1)
        let host = Self.host(on: disk) { _ in }
        let id = try await host.createCollection(.named("c"), getOrCreate: false, in: scopes[0]).id
        let failed = try await host.engine(for: scopes[0].tenant)
        disk.use(.fail(.syncData, at: 1, errno: 5))
        await #expect(throws: ServiceError.self) {
            try await host.write(.of(["lost"]), as: .add, to: id, in: scopes[0])
        }
        #expect(failed.failedAt != nil)
        host.sweep()
        let mended = try await host.engine(for: scopes[0].tenant)
        #expect(mended !== failed && mended.failedAt == nil)
        #expect(try await host.count(id, in: scopes[0]) == 0)
        await host.close()
    }
}

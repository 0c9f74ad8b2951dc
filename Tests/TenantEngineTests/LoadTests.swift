import Access
import ChromaModel
import Logging
import Platform
import Telemetry
import TestSupport
import Testing

@testable import TenantEngine

@Suite("Which tenants have the engine do most")
struct LoadTests {
    private let directory = TemporaryDirectory()
    private let scopes: TestScopes
    private let host: TenantEngineHost

    init() throws {
        scopes = try TestScopes()
        var configuration = EngineConfiguration(
            directory: directory.path + "/tenants", searchThreads: 2, ioThreads: 2)
        // Nothing is sealed meanwhile.
        configuration.sealQuietNanoseconds = .max / 4
        host = TenantEngineHost(
            configuration: configuration, fileSystem: PosixFileSystem(),
            random: SystemRandomSource(),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// A collection of that many records, each written by itself, that was read so often.
    private func filled(_ tenant: String, writes: Int, reads: Int) async throws {
        let scope = try await scopes.database("main-db", tenant: tenant)
        let draft = EngineFixture.draft("things")
        let id = try await host.createCollection(draft, getOrCreate: false, in: scope).id
        for number in 0..<writes {
            let batch = RecordBatch(
                ids: [RecordID("\(number)")], embeddings: .rows([[1, 0]]))
            try await host.write(batch, as: .add, to: id, in: scope)
        }
        for _ in 0..<reads { _ = try await host.get(GetRequest(), from: id, in: scope) }
    }

    private func measured(by order: LoadOrder, limit: Int = 10) async throws -> LoadReport {
        try await host.measureLoad(
            try LoadQuery(order: order, limit: limit, intervalMilliseconds: 100))
    }

    @Test("what was done before counts in the totals alone, and who holds a tail is shown")
    func totals() async throws {
        try await filled("first", writes: 3, reads: 2)
        let report = try await measured(by: .cpu)
        #expect(report.openTenants == 1)
        let load = try #require(report.tenants.first)
        #expect(load.tenantName == "first")
        // The collection's making is a commit too.
        #expect((load.total.writes, load.total.reads) == (4, 2))
        #expect((load.tally.writes, load.tally.reads) == (0, 0))
        #expect(try #require(load.holding).tailBytes > 0)
        await host.close()
    }

    @Test("what is done while it watches counts in the interval, exactly")
    func interval() async throws {
        try await filled("first", writes: 1, reads: 0)
        let before = try await measured(by: .writes).tenants.first?.total.writes ?? 0
        async let watched = host.measureLoad(
            try LoadQuery(order: .writes, limit: 10, intervalMilliseconds: 500))
        try await filled("second", writes: 5, reads: 4)
        let report = try await watched
        let after = try await measured(by: .writes)
        #expect(before == 2)
        for load in after.tenants {
            let then = report.tenants.first { $0.tenantName == load.tenantName }
            // Whatever came before the interval or after it is not in its tally.
            #expect((then?.tally.writes ?? 0) <= load.total.writes)
        }
        #expect(report.tenants.first { $0.tenantName == "first" }?.tally.writes == 0)
        #expect(after.tenants.first { $0.tenantName == "second" }?.total.writes == 6)
        await host.close()
    }

    @Test("the largest come first, and no more than asked for")
    func order() async throws {
        try await filled("small", writes: 1, reads: 0)
        try await filled("large", writes: 20, reads: 0)
        try await filled("middle", writes: 5, reads: 0)
        let all = try await measured(by: .tail)
        #expect(all.tenants.map(\.tenantName) == ["large", "middle", "small"])
        let two = try await measured(by: .tail, limit: 2)
        #expect(two.tenants.map(\.tenantName) == ["large", "middle"])
        await host.close()
    }

    @Test("an interval out of bounds is refused", arguments: [0, 99, 10_001])
    func bounds(milliseconds: Int) {
        #expect(throws: ServiceError.self) {
            try LoadQuery(order: .cpu, limit: 1, intervalMilliseconds: milliseconds)
        }
    }
}

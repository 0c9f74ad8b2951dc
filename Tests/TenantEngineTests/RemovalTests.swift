import Access
import ChromaModel
import Logging
import Platform
import TestSupport
import Testing

@testable import TenantEngine

@Suite("Tenants that are purged")
struct RemovalTests {
    @Test("under writers and seals a purge leaves no file, and nobody makes the tenant anew")
    func underLoad() async throws {
        let disk = SimulatedFileSystem()
        let scopes = try TestScopes()
        let scope = try await scopes.database("main", tenant: "acme")
        let other = try await scopes.database("main", tenant: "other")
        var configuration = EngineConfiguration(
            directory: EngineWorld.simulatedRoot, searchThreads: 2, ioThreads: 2)
        // So that seals run all the time.
        configuration.sealQuietNanoseconds = 1_000_000
        let host = TenantEngineHost(
            configuration: configuration, fileSystem: disk, random: SystemRandomSource(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let id = try await host.createCollection(.named("c"), getOrCreate: false, in: scope).id
        let kept = try await host.createCollection(.named("c"), getOrCreate: false, in: other).id
        try await host.write(.of(["a"]), as: .add, to: kept, in: other)

        let writers = (0..<4).map { writer in
            Task {
                var refusal: ServiceError?
                var number = 0
                while refusal == nil {
                    number += 1
                    do {
                        try await host.write(
                            .of(["\(writer).\(number)"]), as: .add, to: id, in: scope)
                    } catch let error as ServiceError {
                        refusal = error
                    }
                }
                return refusal?.code
            }
        }
        while try await host.count(id, in: scope) < 50 { await Task.yield() }
        try await host.removeTenant(scope.tenant)
        let directory = "\(EngineWorld.simulatedRoot)/\(scope.tenant)"
        #expect(try !disk.exists(directory))
        for writer in writers { #expect(try await writer.value == .notFound) }
        await #expect(throws: ServiceError.self) { try await host.count(id, in: scope) }
        #expect(try !disk.exists(directory))
        #expect(try await host.count(kept, in: other) == 1)
        // Again is fine.
        try await host.removeTenant(scope.tenant)
        await host.close()
    }
}

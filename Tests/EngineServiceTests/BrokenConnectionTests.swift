import Access
import ChromaModel
import TenantEngine
import TestSupport
import Testing

@testable import EngineService

/// Callers that go, engines that go, and what is done again.
@Suite("A broken connection to an engine", .serialized)
struct BrokenConnectionTests {
    @Test("a caller that hangs up frees the engine")
    func callerGone() async throws {
        let scope = try await TestScopes().database("gone")
        let engine = SlowEngine()
        try await EngineWire().with(engine) { remote in
            let call = Task { try await remote.countCollections(in: scope) }
            await engine.hasBegun()
            call.cancel()
            await engine.wasCancelled()
            await #expect(throws: CancellationError.self) { try await call.value }
        }
    }

    @Test("while an engine is away calls are unavailable; when it is back they find it")
    func awayAndBack() async throws {
        let scope = try await TestScopes().database("away")
        let wire = try EngineWire()
        let port = try await wire.serving(ReferenceEngine()) { $0 }
        try await wire.calling(port: port) { remote in
            let error = await #expect(throws: ServiceError.self) {
                _ = try await remote.countCollections(in: scope)
            }
            #expect(error?.code == .unavailable)
            try await wire.serving(ReferenceEngine(), port: port) { _ in
                try await Self.eventually {
                    try await remote.countCollections(in: scope) == 0
                }
            }
        }
    }

    @Test("a write that the engine may have heard of is not repeated")
    func lostWrite() async throws {
        let scope = try await TestScopes().database("lost")
        let wire = try EngineWire()
        let engine = SlowEngine()
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let serving = Task {
            try await wire.serving(engine) { number in
                port.yield(number)
                try await Task.sleep(for: .seconds(3600))
            }
        }
        let number = try #require(await ports.first { _ in true })
        try await wire.calling(port: number) { remote in
            let write = Task {
                try await remote.deleteCollection(named: CollectionName("c"), in: scope)
            }
            await engine.hasBegun()
            serving.cancel()
            let error = await #expect(throws: ServiceError.self) { try await write.value }
            #expect(error?.code == .unavailable && error?.message.contains("went away") == true)
            let calls = await engine.calls
            #expect(calls == 1)
        }
    }

    /// Waits until it is so; calls may fail until then.
    private static func eventually(_ isSo: () async throws -> Bool) async throws {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(Patience.seconds)
        while clock.now < end {
            if (try? await isSo()) == true { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("it never came to be")
    }
}

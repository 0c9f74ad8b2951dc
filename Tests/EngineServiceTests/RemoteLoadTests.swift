import Access
import ChromaModel
import Telemetry
import TenantEngine
import TestSupport
import Testing

@testable import EngineService

@Suite("What tenants have another process's engine do")
struct RemoteLoadTests {
    /// Reports one thing, whatever is asked.
    private struct FixedMeter: LoadMeter {
        let report: LoadReport

        func measureLoad(_ query: LoadQuery) throws -> LoadReport {
            guard query.limit > 1 else { throw ServiceError(.resourceExhausted, "one is too few") }
            return report
        }
    }

    private static let report = LoadReport(
        nanoseconds: .max, openTenants: 7,
        tenants: [
            TenantLoad(
                tenantName: "é\u{301}",
                tally: TenantTally(
                    reads: 1, writes: 2, cpuNanoseconds: 3, writtenBytes: 4,
                    sealingNanoseconds: 5),
                total: TenantTally(
                    reads: .max, writes: 20, cpuNanoseconds: 30, writtenBytes: 40,
                    sealingNanoseconds: 50),
                holding: TenantLoad.Holding(tailBytes: 6, isSealing: true, indexBuilds: 8)),
            TenantLoad(
                tenantName: "closed", tally: TenantTally(), total: TenantTally(reads: 1),
                holding: nil),
        ])

    private func asking(
        as role: NodeRole, limit: Int,
        _ body: @escaping @Sendable (Result<LoadReport, any Error>) async -> Void
    ) async throws {
        let wire = try EngineWire()
        let query = try LoadQuery(order: .tail, limit: limit, intervalMilliseconds: 100)
        try await wire.serving(ReferenceEngine(), loads: FixedMeter(report: Self.report)) { port in
            try await wire.calling(port: port, as: role) { remote in
                let result: Result<LoadReport, any Error>
                do { result = .success(try await remote.measureLoad(query)) } catch {
                    result = .failure(error)
                }
                await body(result)
            }
        }
    }

    @Test("comes over the wire as it was measured")
    func whole() async throws {
        try await asking(as: .control, limit: 2) { result in
            #expect((try? result.get()) == Self.report)
        }
    }

    @Test("is refused with the engine's own words")
    func refusal() async throws {
        try await asking(as: .control, limit: 1) { result in
            #expect(throws: ServiceError.self) { try result.get() }
            let error = #expect(throws: ServiceError.self) { try result.get() }
            #expect(error?.code == .resourceExhausted)
        }
    }

    @Test("is told to control planes alone")
    func callers() async throws {
        try await asking(as: .frontend, limit: 2) { result in
            #expect(throws: (any Error).self) { try result.get() }
        }
    }
}
